/**
 * Where what is not sent outlives the page: the browser's storage, one key an entry, so that two tabs never overwrite
 * each other. Where storage is full or forbidden every call says so instead of failing.
 *
 * @import {TextStorage} from '../state/types.js'
 */

/** @typedef {{id: string, text: string, created: number}} Entry `created`: a number that rises, the order of typing */

/** @template {Entry} T */
export class Shelf {
  #storage;
  #prefix;
  #isEntry;

  /**
   * @param {TextStorage | null} storage
   * @param {string} place what is kept, and whose
   * @param {(fields: any) => boolean} [isEntry] what else an entry must have
   */
  constructor(storage, place, isEntry = () => true) {
    this.#storage = storage;
    this.#prefix = `parley:${place}:`;
    this.#isEntry = isEntry;
  }

  /**
   * True once the entry would survive a reload.
   *
   * @param {T} entry
   */
  put({ id, ...fields }) {
    return this.#attempt((storage) => storage.setItem(this.#prefix + id, JSON.stringify(fields)));
  }

  /** @param {string} id */
  remove(id) {
    this.#attempt((storage) => storage.removeItem(this.#prefix + id));
  }

  /**
   * @param {string} id
   * @returns {T | null}
   */
  get(id) {
    let entry = null;
    this.#attempt((storage) => (entry = this.entryOf(this.#prefix + id, storage.getItem(this.#prefix + id))));
    return entry;
  }

  /** All entries, in the order of typing. */
  entries() {
    /** @type {T[]} */
    const found = [];
    this.#attempt((storage) => {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
      found.push(...keys.flatMap((key) => this.entryOf(key, storage.getItem(key)) ?? []));
    });
    return found.sort((one, other) => one.created - other.created);
  }

  /**
   * The id of the entry that a storage key is for, if it is one of ours.
   *
   * @param {string | null} key
   */
  idOf(key) {
    return key?.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : null;
  }

  /**
   * The entry that a key and a value make, if they do.
   *
   * @param {string | null} key
   * @param {string | null} json
   * @returns {T | null}
   */
  entryOf(key, json) {
    const id = this.idOf(key);
    const fields = id && json ? parsed(json) : null;
    const isWhole = typeof fields?.text === "string" && typeof fields.created === "number" && this.#isEntry(fields);
    return isWhole ? { ...fields, id } : null;
  }

  /** @param {(storage: TextStorage) => void} use */
  #attempt(use) {
    try {
      if (this.#storage) use(this.#storage);
      return this.#storage !== null;
    } catch {
      return false;
    }
  }
}

/**
 * @param {string} json
 * @returns {any}
 */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
