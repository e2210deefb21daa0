/**
 * Where unsent messages outlive the page: the browser's storage, one key a message and person, so that two tabs never
 * overwrite each other. Where storage is full or forbidden every call says so instead of failing.
 *
 * @import {TextStorage} from './types.js'
 */

import { isVisible } from "./text.js";

/** @typedef {{id: string, room: number, text: string, created: number, replyTo?: number}} Entry */

export class Shelf {
  #storage;
  #prefix;

  /**
   * @param {TextStorage | null} storage
   * @param {number} userId
   */
  constructor(storage, userId) {
    this.#storage = storage;
    this.#prefix = `parley:outbox:${userId}:`;
  }

  /**
   * True once the entry would survive a reload.
   *
   * @param {Entry} entry
   */
  put({ id, ...entry }) {
    return this.#attempt((storage) => storage.setItem(this.#prefix + id, JSON.stringify(entry)));
  }

  /** @param {string} id */
  remove(id) {
    this.#attempt((storage) => storage.removeItem(this.#prefix + id));
  }

  /** All entries, in the order of typing. */
  entries() {
    /** @type {Entry[]} */
    const found = [];
    this.#attempt((storage) => {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
      found.push(...keys.flatMap((key) => parsed(this.idOf(key), storage.getItem(key))));
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
 * @param {string | null} id
 * @param {string | null} json
 * @returns {Entry[]} none when it is not an entry
 */
function parsed(id, json) {
  if (!id || !json) return [];
  try {
    const { room, text, created, replyTo } = JSON.parse(json);
    const isEntry = Number.isInteger(room) && typeof text === "string" && isVisible(text) && typeof created === "number";
    return isEntry ? [{ id, room, text, created, ...(Number.isInteger(replyTo) ? { replyTo } : {}) }] : [];
  } catch {
    return [];
  }
}
