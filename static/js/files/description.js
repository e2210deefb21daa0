/**
 * The words for a picture, for those who do not see it: asked for kindly, never demanded.
 *
 * @import {Chosen} from '../state/types.js'
 */

import { onPress } from "../lib/keyboard.js";
import { descriptionDialog } from "./made.js";

export class Description {
  #dialog;
  #text;
  #image;
  /** @type {Chosen | null} */
  #file = null;

  /**
   * @param {(file: Chosen, alt: string) => void} describe
   * @param {AbortSignal} signal
   */
  constructor(describe, signal) {
    const { dialog, image, text } = descriptionDialog();
    [this.#dialog, this.#image, this.#text] = [dialog, image, text];
    dialog.addEventListener("close", () => dialog.returnValue === "save" && this.#save(describe), { signal });
    // Whatever ends the page, the session, too: what was typed is not given up by it.
    addEventListener("pagehide", () => dialog.open && this.#save(describe));
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close(""), { signal });
    onPress(this.#text, ({ key, shift }) => (key === "Enter" && !shift ? () => dialog.close("save") : undefined), { signal });
  }

  /** @param {Chosen} file */
  ask(file) {
    this.#file = file;
    this.#dialog.returnValue = "";
    this.#text.value = file.alt;
    if (file.local) this.#image.src = file.local;
    this.#image.hidden = !file.local;
    this.#dialog.showModal();
    this.#text.focus();
  }

  /** @param {(file: Chosen, alt: string) => void} describe */
  #save(describe) {
    const alt = this.#text.value.trim().replace(/\s+/g, " ");
    if (this.#file && this.#file.alt !== alt) describe(this.#file, alt);
  }
}
