/**
 * What is typed and not sent, and what it replies to, one a room and person, kept in the browser's storage. Without
 * storage nothing is kept.
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
    return this.#get(this.#key);
  }

  /** @param {string} text */
  save(text) {
    this.#set(this.#key, text);
  }

  /** The seq of the message that it replies to; 0: none. */
  loadReply() {
    return Number(this.#get(`${this.#key}:reply`));
  }

  /** @param {number} seq */
  saveReply(seq) {
    this.#set(`${this.#key}:reply`, seq ? String(seq) : "");
  }

  /** @param {string} key */
  #get(key) {
    try {
      return this.#storage?.getItem(key) ?? "";
    } catch {
      return "";
    }
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  #set(key, value) {
    try {
      if (value) this.#storage?.setItem(key, value);
      else this.#storage?.removeItem(key);
    } catch {
      // full or forbidden: the text still stands in the page
    }
  }
}
