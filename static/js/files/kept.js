/**
 * The bytes of files that are not posted yet, in the browser's IndexedDB: they outlive the page, and are a copy, so that
 * what happens to the file meanwhile does not matter. Where that is full or forbidden the file itself serves.
 */

const STORE = "files";

/** @typedef {{bytes: Blob, since: number}} Record `since`: milliseconds */

export class Kept {
  #database;
  /** What could not be kept, and what was read already.
   * @type {Map<string, Blob>} */
  #here = new Map();

  /** @param {number} person whose files they are */
  constructor(person) {
    this.#database = opened(`parley:files:${person}`);
  }

  /**
   * Keeps the bytes of a file; whether they would survive the page.
   *
   * @param {string} id
   * @param {Blob} bytes
   */
  async put(id, bytes) {
    this.#here.set(id, bytes);
    const isKept = await this.#try("readwrite", (store) => store.put({ bytes, since: Date.now() }, id));
    if (isKept === null || !this.#here.has(id)) return false;
    this.#here.delete(id);
    return true;
  }

  /**
   * @param {string} id
   * @returns {Promise<Blob | null>}
   */
  async get(id) {
    const here = this.#here.get(id);
    if (here) return here;
    const record = await this.#try("readonly", (store) => store.get(id));
    if (record) this.#here.set(id, record.bytes);
    return record?.bytes ?? null;
  }

  /** @param {string} id */
  async remove(id) {
    this.#here.delete(id);
    await this.#try("readwrite", (store) => store.delete(id));
  }

  /**
   * What was kept before a moment.
   *
   * @param {number} time milliseconds
   * @returns {Promise<string[]>}
   */
  async before(time) {
    const ids = (await this.#try("readonly", (store) => store.getAllKeys())) ?? [];
    const records = (await this.#try("readonly", (store) => store.getAll())) ?? [];
    return ids.filter((_, index) => records[index]?.since < time).map(String);
  }

  /**
   * What a request gives, once it is safe; null where that fails.
   *
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
   * @returns {Promise<T | null>}
   */
  async #try(mode, ask) {
    const database = await this.#database;
    if (!database) return null;
    return new Promise((resolve) => {
      try {
        const transaction = database.transaction(STORE, mode);
        const request = ask(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => resolve(null);
      } catch {
        resolve(null); // the browser takes no such thing, or has closed the database
      }
    });
  }
}

/**
 * The database of this name; null where the browser has none for us.
 *
 * @param {string} name
 * @returns {Promise<IDBDatabase | null>}
 */
function opened(name) {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}
