/**
 * Keys that work everywhere on the page, and the list of all of them.
 *
 * @import {Composer} from './composer.js'
 */

import { byId } from "./dom.js";

/**
 * @typedef {object} KeyActions
 * @property {() => void} jump
 * @property {(direction: 1 | -1, onlyUnread: boolean) => void} walk
 * @property {(everywhere: boolean) => void} read
 */

export class Keys {
  #actions;
  #composer;
  #dialog = byId("keys", HTMLDialogElement);

  /**
   * @param {KeyActions} actions
   * @param {Composer} composer
   * @param {AbortSignal} signal
   */
  constructor(actions, composer, signal) {
    this.#actions = actions;
    this.#composer = composer;
    document.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    byId("keys-open", HTMLElement).addEventListener("click", () => this.#open(), { signal });
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close(), { signal });
  }

  #open() {
    byId("settings", HTMLElement).hidePopover();
    this.#dialog.showModal();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const action = this.#actionOf(event);
    if (action) {
      event.preventDefault();
      action();
    }
    if (action || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") this.#asked(event);
    else if (isPrintable(event.key) && !this.#dialog.open && !isField(event.target)) this.#composer.focus();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {(() => void) | undefined}
   */
  #actionOf({ altKey, ctrlKey, key, metaKey, shiftKey, target }) {
    const { jump, read, walk } = this.#actions;
    if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") return jump;
    if (ctrlKey || metaKey || document.querySelector("dialog[open], [popover]:popover-open")) return undefined;
    if (!altKey && key === "/" && !isField(target)) return jump;
    if (altKey && key === "ArrowUp") return () => walk(-1, shiftKey);
    if (altKey && key === "ArrowDown") return () => walk(1, shiftKey);
    if (!altKey && key === "Escape") return () => read(shiftKey);
    return undefined;
  }

  /**
   * The list of keys, where a question mark is not a part of a text; once more, and it is one.
   *
   * @param {KeyboardEvent} event
   */
  #asked(event) {
    const isAsking = isField(event.target) ? event.target === document.getElementById("text") && this.#composer.isEmpty : true;
    if (!isAsking) return;
    event.preventDefault();
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
