/**
 * Files on their way to the server, a few at once: each goes on at the byte where it was, until the server has judged or
 * refused it. Needs neither the page nor the way in which requests are sent.
 *
 * @import {Chosen, Clock} from '../state/types.js'
 * @import {Tus} from './tus.js'
 */

import { Refusal } from "../sync/api.js";

const AT_ONCE = 2;

/** A piece is meant to take so long: short for what proxies bear and what a cut loses, long beside a round trip. */
const PIECE_MS = 3_000;
const FIRST_BYTES = 256 * 1024;
const LEAST_BYTES = 32 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const JUDGING_MS = 1_000;

/** Refusals of the moment: missing (it is begun again), late, busy. */
const PASSING = [404, 408, 423, 429];

/** Another tab was faster. */
const OVERTAKEN = "offset_conflict";

/** There is no room for it, and there will be none in a moment. */
const FULL = 507;

/** Its bytes are neither in this browser nor at the server. */
const LOST = "This browser does not have it any more. Choose it again.";

/**
 * @typedef {object} UploadsNeeds
 * @property {Tus} tus
 * @property {Clock} clock
 * @property {() => number} random in [0, 1)
 * @property {(id: string) => Promise<Blob | null>} bytesOf
 * @property {(id: string, signal: AbortSignal, run: () => Promise<void>) => Promise<void>} alone runs when no other tab does
 *   so for the same file
 * @property {(id: string, values: Partial<Chosen>) => void} onChange
 * @property {(id: string, reason: string) => void} onRefused
 *
 * @typedef {{file: Chosen, stop: AbortController, isRunning: boolean, wake: () => void}} Job
 */

export class Uploads {
  #needs;
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  #pieceBytes = FIRST_BYTES;

  /** @param {UploadsNeeds} needs */
  constructor(needs) {
    this.#needs = needs;
  }

  /**
   * Brings a file to the server, unless that is under way. What is called of it and shown is what it has now.
   *
   * @param {Chosen} file
   */
  begin(file) {
    if (this.#jobs.has(file.id)) return;
    this.#jobs.set(file.id, { file, stop: new AbortController(), isRunning: false, wake: () => {} });
    this.#next();
  }

  /** @param {string} id */
  stop(id) {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    job?.stop.abort();
    job?.wake();
    this.#next();
  }

  /** Nothing is sent from this page any more. */
  stopAll() {
    for (const id of [...this.#jobs.keys()]) this.stop(id);
  }

  /** The network is there again: nothing waits any longer. */
  wake() {
    for (const job of this.#jobs.values()) job.wake();
  }

  #next() {
    const jobs = [...this.#jobs.values()];
    const isFree = jobs.filter((job) => job.isRunning).length < AT_ONCE;
    const next = jobs.find((job) => !job.isRunning);
    if (!isFree || !next) return;
    next.isRunning = true;
    this.#run(next);
    this.#next();
  }

  /** @param {Job} job */
  async #run(job) {
    const { alone, onChange, onRefused } = this.#needs;
    const { file: { id, size }, stop: { signal } } = job;
    /** @type {Partial<Chosen>} */
    let judged = {};
    let refusal = "";
    try {
      await alone(id, signal, async () => void (judged = await this.#bring(job)));
    } catch (error) {
      if (!signal.aborted && !(error instanceof Refusal)) throw error;
      refusal = signal.aborted ? "" : /** @type {Refusal} */ (error).message;
    }
    if (signal.aborted) return;
    this.#jobs.delete(id);
    this.#next();
    if (refusal) onRefused(id, refusal);
    else onChange(id, { ...judged, sent: size, whole: true });
  }

  /**
   * @param {Job} job
   * @throws {Refusal} for good
   */
  async #bring(job) {
    const { random } = this.#needs;
    const { signal } = job.stop;
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#goOn(job, () => (failures = 0));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Refusal) || isFinal(error)) throw error;
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + random() / 2);
        await this.#pause(job, error.retryAfterS * 1_000 || pause);
        signal.throwIfAborted();
      }
    }
  }

  /**
   * From where the server is to the end, unless something comes between.
   *
   * @param {Job} job
   * @param {() => void} onStep
   */
  async #goOn(job, onStep) {
    const { onChange, tus } = this.#needs;
    const { file: { id, size }, stop: { signal } } = job;
    let offset = await tus.begin(job.file, signal);
    onChange(id, { sent: offset });
    while (offset < size) {
      const before = offset;
      offset = await this.#sendPiece(job, offset);
      if (offset > before) onStep();
      onChange(id, { sent: offset });
    }
    for (;;) {
      const judged = await tus.judged(id, signal);
      if (judged) return judged;
      await this.#pause(job, JUDGING_MS);
      signal.throwIfAborted();
    }
  }

  /**
   * @param {Job} job
   * @param {number} offset
   */
  async #sendPiece({ file: { id }, stop: { signal } }, offset) {
    const { bytesOf, clock, onChange, tus } = this.#needs;
    const bytes = await bytesOf(id);
    if (!bytes) throw new Refusal("lost", LOST, 400);
    const piece = bytes.slice(offset, offset + this.#pieceBytes);
    const begun = clock.now();
    const after = await tus.send(id, offset, piece, { onProgress: (sent) => onChange(id, { sent: offset + sent }), signal });
    if (piece.size === this.#pieceBytes) this.#adjust(clock.now() - begun);
    return after;
  }

  /** @param {number} tookMs that a piece took of the present size */
  #adjust(tookMs) {
    const times = Math.max(0.5, Math.min(2, PIECE_MS / Math.max(1, tookMs)));
    this.#pieceBytes = Math.round(Math.max(LEAST_BYTES, Math.min(MOST_BYTES, this.#pieceBytes * times)));
  }

  /**
   * @param {Job} job
   * @param {number} ms
   */
  #pause(job, ms) {
    const { clock } = this.#needs;
    return /** @type {Promise<void>} */ (new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, ms);
      job.wake = () => (clock.clearTimeout(timer), resolve());
    }));
  }
}

/** @param {Refusal} refusal */
function isFinal({ code, retryAfterS, status }) {
  if (retryAfterS || code === OVERTAKEN || PASSING.includes(status)) return false;
  return status === FULL || (status >= 400 && status < 500);
}
