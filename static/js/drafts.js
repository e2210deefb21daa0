/**
 * What is typed and not sent, one a room and person, kept in the browser's storage. Without storage nothing is kept.
 *
 * @import {TextStorage} from './types.js'
 */

export class Draft {
  #storage;
  #key;

  /**
   * @param {TextStorage | null} storage
   * @param {number} userId
   * @param {number} roomId
   */
  constructor(storage, userId, roomId) {
    this.#storage = storage;
    this.#key = `parley:draft:${userId}:${roomId}`;
  }

  load() {
    try {
      return this.#storage?.getItem(this.#key) ?? "";
    } catch {
      return "";
    }
  }

  /** @param {string} text */
  save(text) {
    try {
      if (text) this.#storage?.setItem(this.#key, text);
      else this.#storage?.removeItem(this.#key);
    } catch {
      // full or forbidden: the text still stands in the page
    }
  }
}
