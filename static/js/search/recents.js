/**
 * The last searches of a person, kept in this browser alone. They go when that person signs out here.
 *
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
 */

const MOST = 10;

export class Recents {
  #shelf;
  #now;

  /**
   * @param {Shelf<Entry>} shelf of one person
   * @param {() => number} now milliseconds
   */
  constructor(shelf, now) {
    this.#shelf = shelf;
    this.#now = now;
  }

  /** The newest first. */
  get texts() {
    return this.#shelf.entries().reverse().map(({ text }) => text);
  }

  /** @param {string} typed */
  add(typed) {
    const text = typed.trim().replace(/\s+/gu, " ");
    if (!text) return;
    this.#shelf.put({ id: text, text, created: this.#now() });
    for (const old of this.texts.slice(MOST)) this.remove(old);
  }

  /** @param {string} text */
  remove(text) {
    this.#shelf.remove(text);
  }

  clear() {
    for (const text of this.texts) this.remove(text);
  }
}
