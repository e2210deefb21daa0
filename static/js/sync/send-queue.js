/**
 * The way of commands to the server: strictly one after the other, each again until it is acknowledged or refused. What
 * waits is kept by its owner. Needs neither the page nor the socket.
 *
 * @import {Clock} from '../state/types.js'
 */

const RESEND_MS = 10_000;

/** The server closes the socket with one of these because of a frame, which is therefore not sent again. */
const REFUSED_FRAMES = [1008, 1009];

/**
 * @template {{id: string}} Entry
 * @typedef {object} SendQueueOptions
 * @property {Clock} clock
 * @property {() => Entry | undefined} next what is to be sent now, or again
 * @property {(entry: Entry) => boolean} send false: not connected
 * @property {(id: string) => void} onRefusedFrame
 */

/** @template {{id: string}} Entry */
export class SendQueue {
  #options;
  /** @type {string | null} */
  #inFlight = null;
  #isConnected = false;
  #holdUntil = 0;
  /** @type {number | undefined} */
  #timer;

  /** @param {SendQueueOptions<Entry>} options */
  constructor(options) {
    this.#options = options;
  }

  /** The socket takes commands again. */
  connected() {
    this.#isConnected = true;
    this.#inFlight = null;
    this.#holdUntil = 0;
    this.pump();
  }

  /** @param {number} code with which the socket was closed */
  disconnected(code) {
    const refused = REFUSED_FRAMES.includes(code) ? this.#inFlight : null;
    this.#isConnected = false;
    this.#inFlight = null;
    this.#options.clock.clearTimeout(this.#timer);
    if (refused !== null) this.#options.onRefusedFrame(refused);
  }

  /**
   * An entry is not under way any more: it is over, or shall be sent again.
   *
   * @param {string} id
   */
  release(id) {
    if (this.#inFlight === id) this.#inFlight = null;
    this.pump();
  }

  /**
   * The server wants to be left alone for a while.
   *
   * @param {string} id of the entry that it refused for now
   * @param {number} seconds
   */
  hold(id, seconds) {
    this.#holdUntil = this.#options.clock.now() + seconds * 1_000;
    this.release(id);
  }

  /** Sends what is next, if nothing is under way; to be called whenever something else is next. */
  pump() {
    const { clock, next, send } = this.#options;
    clock.clearTimeout(this.#timer);
    const entry = next();
    if (!this.#isConnected || !entry) return;
    const wait = Math.max(0, this.#holdUntil - clock.now());
    if (this.#inFlight === null && wait === 0) {
      this.#isConnected = send(entry);
      if (!this.#isConnected) return;
      this.#inFlight = entry.id;
    }
    this.#timer = clock.setTimeout(() => this.#again(), this.#inFlight ? RESEND_MS : wait);
  }

  #again() {
    this.#inFlight = null;
    this.pump();
  }
}
