/**
 * Messages that are not acknowledged yet. Sends them strictly one after the other, in the order of typing, until each
 * is acknowledged or finally refused. Knows neither the page nor the socket.
 *
 * @import {Ack, Clock, ErrorEvent, Pending} from '../state/types.js'
 * @import {Shelf} from './unsent-storage.js'
 */

const LATE_MS = 10_000;
const RESEND_MS = 10_000;

const REFUSED_FRAMES = [1008, 1009];

/**
 * @typedef {{id: string, room: number, text: string, created: number, replyTo?: number}} Entry
 *
 * @typedef {object} OutboxOptions
 * @property {Shelf<Entry>} shelf
 * @property {Clock} clock
 * @property {() => string} uuid
 * @property {(command: {type: 'post', room: number, id: string, text: string, reply_to?: number}) => boolean} send false: not connected
 * @property {(pending: Pending[], durable: boolean) => void} onChange `durable`: all of them would survive a reload
 */

/**
 * Whether what was kept is a message for a room.
 *
 * @param {Partial<Entry>} fields
 */
export function isUnsent({ replyTo, room }) {
  return Number.isInteger(room) && (replyTo === undefined || Number.isInteger(replyTo));
}

export class Outbox {
  #options;
  /** @type {Pending[]} */
  #entries = [];
  /** @type {Set<string>} */
  #unstored = new Set();
  /** @type {string | null} */
  #inFlight = null;
  #isConnected = false;
  #holdUntil = 0;
  #lastCreated = 0;
  /** @type {number | undefined} */
  #timer;

  /** @param {OutboxOptions} options */
  constructor(options) {
    this.#options = options;
    this.#adopt();
  }

  /**
   * Takes a message; it is sent as soon as those before it are acknowledged.
   *
   * @param {number} room
   * @param {string} text
   * @param {number} [replyTo] the seq of another message
   */
  add(room, text, replyTo) {
    const { clock, shelf, uuid } = this.#options;
    const entry = { id: uuid(), room, text, created: Math.max(this.#lastCreated + 1, clock.now()), ...(replyTo ? { replyTo } : {}) };
    if (!shelf.put(entry)) this.#unstored.add(entry.id);
    this.#enter(entry);
    this.#changed();
    this.#pump();
  }

  /** The socket takes commands again. */
  connected() {
    this.#isConnected = true;
    this.#inFlight = null;
    this.#holdUntil = 0;
    this.#pump();
  }

  /**
   * The socket is gone. A frame that made the server close it is not sent again.
   *
   * @param {number} code
   */
  disconnected(code) {
    this.#isConnected = false;
    if (this.#inFlight && REFUSED_FRAMES.includes(code)) this.#fail(this.#inFlight, "The server could not take this message.");
    this.#inFlight = null;
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** @param {Ack} event */
  acknowledged({ id }) {
    this.remove(id);
  }

  /**
   * With `retry_after` the message waits and is sent again; without, it stays with the server's sentence.
   *
   * @param {ErrorEvent} event
   */
  refused({ id, message, retry_after }) {
    if (!id || !this.#entries.some((entry) => entry.id === id)) return;
    if (this.#inFlight === id) this.#inFlight = null;
    if (retry_after === undefined) this.#fail(id, message);
    else this.#holdUntil = this.#options.clock.now() + retry_after * 1_000;
    this.#pump();
  }

  /** @param {string} id */
  retry(id) {
    if (this.#inFlight === id) this.#inFlight = null;
    this.#update(id, { state: "waiting", reason: "" });
    this.#watch(id);
    this.#pump();
  }

  /** @param {string} id */
  remove(id) {
    this.#options.shelf.remove(id);
    this.#unstored.delete(id);
    if (this.#inFlight === id) this.#inFlight = null;
    if (!this.#entries.some((entry) => entry.id === id)) return;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#changed();
    this.#pump();
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

  #pump() {
    const { clock, send } = this.#options;
    clock.clearTimeout(this.#timer);
    const next = this.#entries.find((entry) => entry.state !== "failed");
    if (!this.#isConnected || !next) return;
    const wait = Math.max(0, this.#holdUntil - clock.now());
    if (this.#inFlight === null && wait === 0) {
      const { id, room, text, replyTo } = next;
      this.#isConnected = send({ type: "post", room, id, text, ...(replyTo ? { reply_to: replyTo } : {}) });
      if (!this.#isConnected) return;
      this.#inFlight = id;
    }
    this.#timer = clock.setTimeout(() => this.#pumpAgain(), this.#inFlight ? RESEND_MS : wait);
  }

  #pumpAgain() {
    this.#inFlight = null;
    this.#pump();
  }

  /** Takes over what the shelf holds and this page does not know. */
  #adopt() {
    const known = new Set(this.#entries.map((entry) => entry.id));
    const found = this.#options.shelf.entries().filter((entry) => !known.has(entry.id));
    if (found.length === 0) return;
    for (const entry of found) this.#enter(entry);
    this.#entries.sort((one, other) => one.created - other.created);
    this.#changed();
    this.#pump();
  }

  /** @param {Entry} entry */
  #enter(entry) {
    this.#entries = [...this.#entries, { ...entry, state: "waiting", reason: "" }];
    this.#lastCreated = Math.max(this.#lastCreated, entry.created);
    this.#watch(entry.id);
  }

  /** @param {string} id */
  #watch(id) {
    const isWaiting = () => this.#entries.some((entry) => entry.id === id && entry.state === "waiting");
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

  #changed() {
    this.#options.onChange(this.#entries, this.#unstored.size === 0);
  }
}
