/**
 * The files that will go with the next message of a room. They are kept beside the drafts, and all tabs with the room
 * show the same: what one of them sends or removes is gone from the others. Needs no DOM.
 *
 * @import {Shelf} from '../sync/unsent-storage.js'
 * @import {Chosen} from '../state/types.js'
 */

import { keepable } from "../state/chosen.js";

/** As many as a message may have. */
export const MOST_FILES = 10;

/** @typedef {{id: string, text: string, created: number, room: number, file: Chosen}} InTray `text` is empty */

export class Tray {
  #shelf;
  #room;
  #onChange;
  /** @type {Chosen[]} */
  #files = [];
  /** What of them is kept in memory alone.
   * @type {Set<string>} */
  #unkept = new Set();
  #lastCreated = 0;

  /**
   * @param {Shelf<InTray>} shelf
   * @param {number} room
   * @param {(files: Chosen[]) => void} onChange
   */
  constructor(shelf, room, onChange) {
    this.#shelf = shelf;
    this.#room = room;
    this.#onChange = onChange;
    this.#files = this.#kept();
  }

  get files() {
    return this.#files;
  }

  /** How many more a message may have. */
  get space() {
    return MOST_FILES - this.#files.length;
  }

  /** It would end with the page. */
  get isAtRisk() {
    return this.#unkept.size > 0;
  }

  /**
   * @param {Chosen} file
   * @param {number} now milliseconds
   */
  add(file, now) {
    this.#lastCreated = Math.max(this.#lastCreated + 1, now);
    const entry = { id: file.id, text: "", created: this.#lastCreated, room: this.#room, file: keepable(file) };
    if (!this.#shelf.put(entry)) this.#unkept.add(file.id);
    this.#show([...this.#files, file]);
  }

  /** @param {string} id */
  remove(id) {
    this.#shelf.remove(id);
    this.#unkept.delete(id);
    this.#show(this.#files.filter((file) => file.id !== id));
  }

  /**
   * Something new is so of a file.
   *
   * @param {string} id
   * @param {Partial<Chosen>} values
   */
  change(id, values) {
    const files = this.#files.map((file) => (file.id === id ? { ...file, ...values } : file));
    const file = files.find((each) => each.id === id);
    if (!file) return;
    const kept = isKeepable(values) ? this.#shelf.get(id) : null;
    if (kept) this.#shelf.put({ ...kept, file: keepable(file) });
    this.#show(files);
  }

  /** All of it went with a message. */
  clear() {
    for (const { id } of this.#files) this.#shelf.remove(id);
    this.#unkept.clear();
    this.#show([]);
  }

  /**
   * Another tab changed the storage.
   *
   * @param {{key: string | null}} change
   */
  storageChanged({ key }) {
    if (this.#shelf.idOf(key) === null) return;
    const here = new Map(this.#files.map((file) => [file.id, file]));
    const unkept = this.#files.filter((file) => this.#unkept.has(file.id));
    this.#show([...this.#kept().map((file) => ({ ...here.get(file.id), ...file })), ...unkept]);
  }

  #kept() {
    return this.#shelf.entries().filter((entry) => entry.room === this.#room).map((entry) => entry.file);
  }

  /** @param {Chosen[]} files */
  #show(files) {
    this.#files = files;
    this.#onChange(files);
  }
}

/** @param {Partial<Chosen>} values */
function isKeepable({ local, sent, whole, ...values }) {
  return Object.keys(values).length > 0;
}
