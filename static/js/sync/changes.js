/**
 * Edits, deletions and reactions on their way: each is sent until it is acknowledged or refused, in order. Unlike
 * messages they do not outlive the page. Needs neither the page nor the socket.
 *
 * @import {Amendment} from '../state/message.js'
 * @import {Ack, Clock, ErrorEvent} from '../state/types.js'
 */

import { SendQueue } from "./send-queue.js";

/**
 * @typedef {{id: string, amendment: Amendment, ended: (refusal: string) => void}} Entry
 *
 * @typedef {object} ChangesOptions
 * @property {Clock} clock
 * @property {() => string} uuid
 * @property {(command: Amendment & {id: string}) => boolean} send false: not connected
 */

export class Changes {
  #uuid;
  /** @type {SendQueue<Entry>} */
  #queue;
  /** @type {Entry[]} */
  #entries = [];

  /** @param {ChangesOptions} options */
  constructor({ clock, send, uuid }) {
    this.#uuid = uuid;
    this.#queue = new SendQueue({
      clock,
      next: () => this.#entries.at(0),
      send: ({ amendment, id }) => send({ ...amendment, id }),
      onRefusedFrame: (id) => this.#end(id, "The server could not take this change."),
    });
  }

  get isEmpty() {
    return this.#entries.length === 0;
  }

  /**
   * Takes a change; returns its id.
   *
   * @param {Amendment} amendment
   * @param {(refusal: string) => void} ended called once it is over: with "", or with why it was refused
   */
  add(amendment, ended) {
    const id = this.#uuid();
    this.#entries = [...this.#entries, { id, amendment, ended }];
    this.#queue.pump();
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
    this.#queue.connected();
  }

  /** @param {number} code with which the socket was closed */
  disconnected(code) {
    this.#queue.disconnected(code);
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
  refused({ id, message, retry_after: seconds }) {
    if (!id || this.#entries[0]?.id !== id) return;
    if (seconds === undefined) this.#end(id, message);
    else this.#queue.hold(id, seconds);
  }

  /**
   * @param {string} id
   * @param {string | null} refusal null: nobody wants to be called
   */
  #end(id, refusal) {
    const entry = this.#entries.find((each) => each.id === id);
    if (!entry) return;
    this.#entries = this.#entries.filter((each) => each !== entry);
    if (refusal !== null) entry.ended(refusal);
    this.#queue.release(id);
  }
}
