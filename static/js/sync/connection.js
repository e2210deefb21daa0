/**
 * The socket's life: connect, resume, notice silence, come back. Owns the socket and its timers; needs neither the page
 * nor what events mean beyond `hello` and `heads`.
 *
 * @import {Clock, ServerEvent} from '../state/types.js'
 */

import { ProtocolError, decode, encode } from "./protocol.js";

const OPEN = 1; // WebSocket.OPEN
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const RESTART_JITTER_MS = 5_000;
const GREETING_MS = 10_000;
const SILENCE_MS = 50_000;
const SUSPICIOUS_MS = 25_000;
const STABLE_MS = 5_000;

const RESTART = 1001;
const SESSION_ENDED = 4001;
const NETWORK = 1006;

/**
 * How long to wait before the next try.
 *
 * @param {number} code with which the last connection closed
 * @param {number} attempt 0 for the first try after a connection that held
 * @param {() => number} random
 */
export function delayAfter(code, attempt, random) {
  if (code === RESTART) return random() * RESTART_JITTER_MS;
  return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
}

/**
 * @typedef {object} ConnectionOptions
 * @property {() => WebSocket} open
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(headRevs?: Record<string, number>) => {epoch: string, rooms: Record<string, number>}} position cursors to
 *   resume from: all, or those that are behind these heads
 * @property {(event: ServerEvent) => void} onEvent
 * @property {() => void} onOpen greeted and resuming: commands are taken
 * @property {(phase: 'connecting' | 'waiting', code: number) => void} onPhase
 * @property {() => void} onRefused the handshake failed; a browser does not say why
 * @property {() => void} onSessionEnded
 */

export class Connection {
  #options;
  /** @type {WebSocket | null} */
  #socket = null;
  #listening = new AbortController();
  /** @type {number | undefined} */
  #retryTimer;
  /** @type {number | undefined} */
  #silenceTimer;
  #attempt = 0;
  #heardAt = 0;
  #greetedAt = 0;
  #isOver = false;
  #mayHurry = false;

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
  }

  start() {
    this.#connect();
  }

  /** For good: the page is being left, or the session has ended. */
  stop() {
    this.#isOver = true;
    this.#mayHurry = false;
    this.#options.clock.clearTimeout(this.#retryTimer);
    this.#drop();
  }

  /**
   * Hands a command to the socket; false when there is none to take it.
   *
   * @param {{type: string, [field: string]: unknown}} command
   */
  send(command) {
    // A socket on its way out takes what it is given, and drops it.
    if (this.#socket?.readyState !== OPEN || !this.#greetedAt) return false;
    this.#socket.send(encode(command));
    return true;
  }

  /**
   * Somebody is waiting: connect at once, and trust no connection that has been silent for this long.
   *
   * @param {number} silenceMs
   */
  tryNow(silenceMs = SUSPICIOUS_MS) {
    if (this.#isOver) return;
    const isSilent = this.#options.clock.now() - this.#heardAt >= silenceMs;
    if (this.#socket && !isSilent) return;
    this.#drop();
    this.#connect();
  }

  /** Something waits to be sent: after a restart of the server those who have nothing to send come back later. */
  hurry() {
    const { clock, random } = this.#options;
    if (!this.#mayHurry) return;
    this.#mayHurry = false;
    clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = clock.setTimeout(() => this.#connect(), random() * FIRST_DELAY_MS);
  }

  /** The browser has lost its network: what is open is as good as gone. */
  offline() {
    if (this.#socket && !this.#isOver) this.#lose(NETWORK);
  }

  /** The browser has a network again: what was tried without one says nothing about it. */
  online() {
    this.#attempt = 0;
    this.tryNow(this.#greetedAt ? SUSPICIOUS_MS : 0);
  }

  #connect() {
    const { clock, onPhase, open } = this.#options;
    clock.clearTimeout(this.#retryTimer);
    this.#mayHurry = false;
    this.#heardAt = clock.now();
    this.#greetedAt = 0;
    onPhase("connecting", 0);
    this.#socket = open();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#socket.addEventListener("message", ({ data }) => this.#received(data), { signal });
    this.#socket.addEventListener("close", ({ code }) => this.#lose(code), { signal });
    this.#expectWithin(GREETING_MS);
  }

  /** @param {unknown} data */
  #received(data) {
    this.#heardAt = this.#options.clock.now();
    try {
      for (const event of decode(String(data))) this.#take(event);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#lose(NETWORK);
      return;
    }
    if (this.#socket) this.#expectWithin(this.#greetedAt ? SILENCE_MS : GREETING_MS);
  }

  /** @param {ServerEvent} event */
  #take(event) {
    const { clock, onEvent, onOpen, position } = this.#options;
    const behind = event.type === "heads" ? position(event.rooms) : null;
    onEvent(event);
    if (behind && Object.keys(behind.rooms).length > 0) this.send({ type: "resume", ...behind });
    if (event.type !== "hello") return;
    this.#greetedAt = clock.now();
    this.send({ type: "resume", ...position() });
    onOpen();
  }

  /** @param {number} ms */
  #expectWithin(ms) {
    const { clock } = this.#options;
    clock.clearTimeout(this.#silenceTimer);
    this.#silenceTimer = clock.setTimeout(() => this.#lose(NETWORK), ms);
  }

  /**
   * The connection is gone, or taken as gone: the socket's own `close` may come minutes later.
   *
   * @param {number} code
   */
  #lose(code) {
    const { clock, onPhase, onRefused, onSessionEnded, random } = this.#options;
    const wasStable = this.#greetedAt > 0 && clock.now() - this.#greetedAt >= STABLE_MS;
    const wasGreeted = this.#greetedAt > 0;
    this.#drop();
    if (code === SESSION_ENDED) {
      this.#isOver = true;
      onSessionEnded();
      return;
    }
    this.#attempt = wasStable ? 0 : this.#attempt;
    this.#retryTimer = clock.setTimeout(() => this.#connect(), delayAfter(code, this.#attempt, random));
    this.#attempt += 1;
    this.#mayHurry = code === RESTART;
    onPhase("waiting", code);
    if (!wasGreeted) onRefused();
  }

  #drop() {
    this.#listening.abort();
    this.#options.clock.clearTimeout(this.#silenceTimer);
    this.#socket?.close();
    this.#socket = null;
    this.#greetedAt = 0;
  }
}
