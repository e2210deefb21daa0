/**
 * Edits, deletions and reactions on their way: strictly one after the other, each again until it is acknowledged or
 * finally refused. Unlike messages they do not outlive the page. Knows neither the page nor the socket.
 *
 * @import {Amendment} from '../state/message.js'
 * @import {Ack, Clock, ErrorEvent} from '../state/types.js'
 */

const RESEND_MS = 10_000;

const REFUSED_FRAMES = [1008, 1009];

/**
 * @typedef {object} ChangesOptions
 * @property {Clock} clock
 * @property {() => string} uuid
 * @property {(command: Amendment & {id: string}) => boolean} send false: not connected
 */

export class Changes {
  #options;
  /** @type {{id: string, change: Amendment, ended: (refusal: string) => void}[]} */
  #entries = [];
  #isInFlight = false;
  #isConnected = false;
  #holdUntil = 0;
  /** @type {number | undefined} */
  #timer;

  /** @param {ChangesOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get isEmpty() {
    return this.#entries.length === 0;
  }

  /**
   * Takes a change; returns its id.
   *
   * @param {Amendment} change
   * @param {(refusal: string) => void} ended hears what became of it: nothing, or why it was refused
   */
  add(change, ended) {
    const id = this.#options.uuid();
    this.#entries = [...this.#entries, { id, change, ended }];
    this.#pump();
    return id;
  }

  /**
   * Forgets a change. It may have been made all the same.
   *
   * @param {string} id
   */
  drop(id) {
    this.#end(id, null);
  }

  /** The socket takes commands again. */
  connected() {
    this.#isConnected = true;
    this.#isInFlight = false;
    this.#holdUntil = 0;
    this.#pump();
  }

  /**
   * The socket is gone. A frame that made the server close it is not sent again.
   *
   * @param {number} code
   */
  disconnected(code) {
    const wasInFlight = this.#isInFlight;
    this.#isConnected = this.#isInFlight = false;
    this.#options.clock.clearTimeout(this.#timer);
    if (wasInFlight && REFUSED_FRAMES.includes(code)) this.#end(this.#entries[0].id, "The server could not take this change.");
  }

  /** @param {Ack} event */
  acknowledged({ id }) {
    this.#end(id, "");
  }

  /**
   * With `retry_after` the change waits and is sent again; without, it is over.
   *
   * @param {ErrorEvent} event
   */
  refused({ id, message, retry_after }) {
    if (!id || this.#entries[0]?.id !== id) return;
    if (retry_after === undefined) {
      this.#end(id, message);
      return;
    }
    this.#isInFlight = false;
    this.#holdUntil = this.#options.clock.now() + retry_after * 1_000;
    this.#pump();
  }

  /**
   * @param {string} id
   * @param {string | null} refusal null: nobody wants to hear of it
   */
  #end(id, refusal) {
    const entry = this.#entries.find((each) => each.id === id);
    if (!entry) return;
    if (entry === this.#entries[0]) this.#isInFlight = false;
    this.#entries = this.#entries.filter((each) => each !== entry);
    if (refusal !== null) entry.ended(refusal);
    this.#pump();
  }

  #pump() {
    const { clock, send } = this.#options;
    clock.clearTimeout(this.#timer);
    const next = this.#entries.at(0);
    if (!this.#isConnected || !next) return;
    const wait = Math.max(0, this.#holdUntil - clock.now());
    if (!this.#isInFlight && wait === 0) {
      this.#isConnected = send({ ...next.change, id: next.id });
      if (!this.#isConnected) return;
      this.#isInFlight = true;
    }
    this.#timer = clock.setTimeout(() => this.#pumpAgain(), this.#isInFlight ? RESEND_MS : wait);
  }

  #pumpAgain() {
    this.#isInFlight = false;
    this.#pump();
  }
}
