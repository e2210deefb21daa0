/**
 * Light, dark, or as the system has it; `first.js` applies the choice before the next page is painted.
 *
 * @import {TextStorage} from '../state/types.js'
 */

import { byId } from "../lib/dom.js";

const KEY = "parley:theme";

export class ThemePicker {
  #fieldset = byId("theme", HTMLFieldSetElement);
  #storage;

  /**
   * @param {TextStorage | null} storage
   * @param {AbortSignal} signal
   */
  constructor(storage, signal) {
    this.#storage = storage;
    const pinned = document.documentElement.dataset.theme ?? "";
    for (const input of this.#fieldset.querySelectorAll("input")) input.checked = input.value === pinned;
    this.#fieldset.addEventListener("change", (event) => this.#changed(event), { signal });
  }

  /** @param {Event} event */
  #changed({ target }) {
    if (target instanceof HTMLInputElement) this.#pin(target.value);
  }

  /** @param {string} theme empty: the system's */
  #pin(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    try {
      if (theme) this.#storage?.setItem(KEY, theme);
      else this.#storage?.removeItem(KEY);
    } catch {
      // forbidden or full: the choice lasts as long as the page
    }
  }
}
