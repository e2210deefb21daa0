/**
 * Messages that are not acknowledged yet: each is sent until it is acknowledged or refused, in the order of typing, and
 * kept in the browser's storage until then. One whose files are on their way lets those behind it pass, so that a talk
 * does not wait for a film. Needs neither the page nor the socket.
 *
 * @import {Ack, Chosen, Clock, ErrorEvent, Pending} from '../state/types.js'
 * @import {Shelf} from './unsent-storage.js'
 */

import { listOf, number, optional, shape } from "../lib/shape.js";
import { isChosen, keepable } from "../state/chosen.js";
import { SendQueue } from "./send-queue.js";

const LATE_MS = 10_000;

/**
 * @typedef {{id: string, room: number, text: string, created: number, replyTo?: number, files?: Chosen[]}} Entry
 * @typedef {{type: 'post', room: number, id: string, text: string, reply_to?: number, files?: string[]}} Post
 *
 * @typedef {object} OutboxOptions
 * @property {Shelf<Entry>} shelf
 * @property {Clock} clock
 * @property {() => string} uuid
 * @property {(command: Post) => boolean} send false: not connected
 * @property {(pending: Pending[], durable: boolean, ack?: Ack) => void} onChange `durable`: all of them would survive a
 *   reload; `ack` is why one of them is gone
 */

/** Whether what was kept is a message for a room. */
export const isUnsent = shape({ room: number, replyTo: optional(number), files: optional(listOf(isChosen)) });

export class Outbox {
  #options;
  /** @type {Pending[]} */
  #entries = [];
  /** @type {Set<string>} */
  #unstored = new Set();
  /** @type {SendQueue<Pending>} */
  #queue;
  #lastCreated = 0;

  /** @param {OutboxOptions} options */
  constructor(options) {
    this.#options = options;
    this.#queue = new SendQueue({
      clock: options.clock,
      next: () => this.#entries.find((entry) => entry.state !== "failed" && isReady(entry)),
      send: (entry) => options.send(asPost(entry)),
      onRefusedFrame: (id) => this.#fail(id, "The server could not take this message."),
    });
    this.#adopt();
  }

  /**
   * Takes a message; it is sent as soon as those before it are acknowledged.
   *
   * @param {number} room
   * @param {string} text
   * @param {number} [replyTo] the seq of another message
   * @param {Chosen[]} [files]
   */
  add(room, text, replyTo, files = []) {
    const { clock, shelf, uuid } = this.#options;
    const created = Math.max(this.#lastCreated + 1, clock.now());
    const entry = { id: uuid(), room, text, created, ...(replyTo ? { replyTo } : {}) };
    const [kept, shown] = files.length > 0 ? [files.map(keepable), files].map((each) => ({ ...entry, files: each })) : [entry, entry];
    if (!shelf.put(kept)) this.#unstored.add(entry.id);
    this.#enter(shown);
    this.#changed();
    this.#queue.pump();
  }

  /** The socket takes commands again. */
  connected() {
    this.#queue.connected();
  }

  /** @param {number} code with which the socket was closed */
  disconnected(code) {
    this.#queue.disconnected(code);
  }

  /** @param {Ack} event */
  acknowledged(event) {
    this.#remove(event.id, event);
  }

  /**
   * With `retry_after` the message waits and is sent again; without, it stays with the server's sentence.
   *
   * @param {ErrorEvent} event
   */
  refused({ id, message, retry_after: seconds }) {
    if (!id || !this.#entries.some((entry) => entry.id === id)) return;
    if (seconds !== undefined) return this.#queue.hold(id, seconds);
    this.#fail(id, message);
    this.#queue.release(id);
  }

  /**
   * Something new is so of a file: how much of it the server has, or that it is whole.
   *
   * @param {string} id
   * @param {Partial<Chosen>} values
   */
  fileChanged(id, values) {
    const entries = this.#with(id);
    for (const { id: entry, files = [] } of entries) {
      this.#update(entry, { files: files.map((file) => (file.id === id ? { ...file, ...values } : file)) });
    }
    if (!values.whole || entries.length === 0) return;
    for (const entry of entries) this.#watch(entry.id);
    this.#queue.pump();
  }

  /**
   * The server does not take a file: the messages that carry it stay, with its sentence.
   *
   * @param {string} id
   * @param {string} reason
   */
  fileRefused(id, reason) {
    for (const entry of this.#with(id)) this.#fail(entry.id, reason);
  }

  /**
   * Sends a message once more; whether its files are whole is asked again.
   *
   * @param {string} id
   */
  retry(id) {
    const files = this.#entries.find((entry) => entry.id === id)?.files?.map((file) => ({ ...file, whole: false }));
    this.#update(id, { state: "waiting", reason: "", ...(files ? { files } : {}) });
    this.#watch(id);
    this.#queue.release(id);
  }

  /** @param {string} id */
  remove(id) {
    this.#remove(id);
  }

  /**
   * Another tab changed the storage: what it removed is done; what it added it sends itself, unless it was closed.
   *
   * @param {{key: string | null, newValue: string | null}} change
   */
  storageChanged({ key, newValue }) {
    const id = this.#options.shelf.idOf(key);
    if (!id) return;
    if (newValue === null) this.remove(id);
    else this.#options.clock.setTimeout(() => this.#adopt(), LATE_MS);
  }

  /**
   * @param {string} id
   * @param {Ack} [ack]
   */
  #remove(id, ack) {
    this.#options.shelf.remove(id);
    this.#unstored.delete(id);
    if (!this.#entries.some((entry) => entry.id === id)) return;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#changed(ack);
    this.#queue.release(id);
  }

  /** Takes over what the shelf holds and this page does not have. */
  #adopt() {
    const known = new Set(this.#entries.map((entry) => entry.id));
    const found = this.#options.shelf.entries().filter((entry) => !known.has(entry.id));
    if (found.length === 0) return;
    for (const entry of found) this.#enter(entry);
    this.#entries.sort((one, other) => one.created - other.created);
    this.#changed();
    this.#queue.pump();
  }

  /** @param {Entry} entry */
  #enter(entry) {
    this.#entries = [...this.#entries, { ...entry, state: "waiting", reason: "" }];
    this.#lastCreated = Math.max(this.#lastCreated, entry.created);
    this.#watch(entry.id);
  }

  /** @param {string} file */
  #with(file) {
    return this.#entries.filter((entry) => entry.files?.some(({ id }) => id === file));
  }

  /** @param {string} id */
  #watch(id) {
    const isWaiting = () => this.#entries.some((entry) => entry.id === id && entry.state === "waiting" && isReady(entry));
    this.#options.clock.setTimeout(() => isWaiting() && this.#update(id, { state: "late" }), LATE_MS);
  }

  /**
   * @param {string} id
   * @param {string} reason
   */
  #fail(id, reason) {
    this.#update(id, { state: "failed", reason });
  }

  /**
   * @param {string} id
   * @param {Partial<Pending>} values
   */
  #update(id, values) {
    this.#entries = this.#entries.map((entry) => (entry.id === id ? { ...entry, ...values } : entry));
    this.#changed();
  }

  /** @param {Ack} [ack] */
  #changed(ack) {
    this.#options.onChange(this.#entries, this.#unstored.size === 0, ack);
  }
}

/**
 * @param {Pending} entry
 * @returns {Post}
 */
function asPost({ files, id, replyTo, room, text }) {
  const carried = { ...(replyTo ? { reply_to: replyTo } : {}), ...(files ? { files: files.map((file) => file.id) } : {}) };
  return { type: "post", room, id, text, ...carried };
}

/**
 * Nothing of it is on its way any more but the message itself.
 *
 * @param {Pending} entry
 */
function isReady({ files = [] }) {
  return files.every((file) => file.whole);
}
