/**
 * The question whether a message shall be deleted.
 */

import { byId } from "../lib/dom.js";

export class Deletion {
  #dialog = byId("deletion", HTMLDialogElement);
  #remove;
  /** The seq of the message; 0: none. */
  #doomed = 0;

  /**
   * @param {(seq: number) => void} remove
   * @param {AbortSignal} signal
   */
  constructor(remove, signal) {
    this.#remove = remove;
    this.#dialog.addEventListener("close", () => this.#decided(), { signal });
  }

  /** @param {number} seq */
  ask(seq) {
    this.#doomed = seq;
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
  }

  #decided() {
    if (this.#doomed && this.#dialog.returnValue === "delete") this.#remove(this.#doomed);
    this.#doomed = 0;
  }
}
