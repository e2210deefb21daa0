/**
 * The question whether a message shall be deleted.
 */

import { byId } from "../lib/dom.js";

export class Deletion {
  #dialog = byId("deletion", HTMLDialogElement);
  #remove;
  /** The message, by its room and its seq.
   * @type {[number, number] | null} */
  #doomed = null;

  /**
   * @param {(room: number, seq: number) => void} remove
   * @param {AbortSignal} signal
   */
  constructor(remove, signal) {
    this.#remove = remove;
    this.#dialog.addEventListener("close", () => this.#decided(), { signal });
  }

  /**
   * @param {number} room
   * @param {number} seq
   */
  ask(room, seq) {
    this.#doomed = [room, seq];
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
  }

  #decided() {
    if (this.#doomed && this.#dialog.returnValue === "delete") this.#remove(...this.#doomed);
    this.#doomed = null;
  }
}
