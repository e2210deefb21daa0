/**
 * The last searches of a person, kept in this browser alone. They go when that person signs out here.
 *
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
 */

const MOST = 10;

export class Recents {
  #shelf;

  /** @param {Shelf<Entry>} shelf of one person */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  /** The newest first. */
  get texts() {
    return this.#shelf.entries().reverse().map(({ text }) => text);
  }

  /** @param {string} typed */
  add(typed) {
    const text = typed.trim().replace(/\s+/gu, " ");
    if (!text) return;
    const last = this.#shelf.entries().at(-1)?.created ?? 0;
    this.#shelf.put({ id: text, text, created: last + 1 });
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
