/**
 * Keys that work everywhere on the page, and the list of all of them.
 *
 * @import {Composer} from '../composer/composer.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { byId, setText } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { Later } from "../lib/later.js";

/**
 * @typedef {object} KeyActions
 * @property {() => void} search
 * @property {(direction: 1 | -1, onlyUnread: boolean) => void} walk
 * @property {(everywhere: boolean) => void} read
 */

export class Keys {
  #actions;
  #composer;
  #dialog = byId("keys", HTMLDialogElement);
  #list = byId("keys-list", HTMLElement);
  /** @type {Later<typeof import('./key-list.js')>} */
  #later = new Later("keys", (sentence) => setText(this.#list, sentence));

  /**
   * @param {KeyActions} actions
   * @param {Composer} composer
   * @param {AbortSignal} signal
   */
  constructor(actions, composer, signal) {
    this.#actions = actions;
    this.#composer = composer;
    onPress(document, (press) => this.#actionOf(press), { signal });
    byId("keys-open", HTMLElement).addEventListener("click", () => this.#open(), { signal });
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close(), { signal });
  }

  #open() {
    byId("settings", HTMLElement).hidePopover();
    this.#dialog.showModal();
    this.#later.load().then(({ fillKeys }) => fillKeys(this.#list));
  }

  /**
   * @param {Press} press
   * @returns {(() => void) | undefined}
   */
  #actionOf({ alt, command, key, shift, target }) {
    const { read, search, walk } = this.#actions;
    if (command) return key === "k" && !alt && !shift ? search : undefined;
    if (key === "?" && !alt) return this.#mayAsk(target) ? () => this.#asked() : undefined;
    const isCovered = document.querySelector("dialog[open], [popover]:popover-open") !== null;
    if (alt && key === "ArrowUp" && !isCovered) return () => walk(-1, shift);
    if (alt && key === "ArrowDown" && !isCovered) return () => walk(1, shift);
    if (alt) return undefined;
    if (key === "Escape" && !isCovered) return () => read(shift);
    if (isField(target)) return undefined;
    if (key === "/" && !isCovered) return search;
    if (isPrintable(key) && !this.#dialog.open) this.#composer.focus(); // where the browser then writes it
    return undefined;
  }

  /** @param {EventTarget | null} target where a question mark is not a part of a text */
  #mayAsk(target) {
    return !isField(target) || (target === document.getElementById("text") && this.#composer.isEmpty);
  }

  /** The list of keys; once more, and it is a question mark. */
  #asked() {
    if (!this.#dialog.open) {
      this.#open();
      return;
    }
    this.#dialog.close();
    this.#composer.write("?");
  }
}

/** @param {string} key the space bar scrolls and presses buttons */
function isPrintable(key) {
  return key !== " " && Array.from(key).length === 1;
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof Element && target.closest("input, textarea, select") !== null;
}
