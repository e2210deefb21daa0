/**
 * Messages that answer what is typed: asked for at once, or soon after the last of several fast keys; one question at a
 * time. Needs no page.
 *
 * @import {Findings} from '../state/types.js'
 *
 * @typedef {(question: URLSearchParams, signal: AbortSignal) => Promise<Findings>} Search
 *
 * @typedef {Findings & {text: string, sentence: string, retryAfterS: number}} Outcome `text` was asked for; `sentence`: why
 *   there is no answer
 */

import { Asking } from "../lib/asking.js";
import { UNSPACED } from "../lib/links.js";
import { lengthOf } from "../lib/text.js";
import { Refusal } from "../sync/api.js";

const PAUSE_MS = 30;
/** As many as the box shows without scrolling, or nearly so: more of them would come later on slow machines. */
const MOST = 12;
const RETRY_S = 3;
const LEAST_CHARS = 2;
const ONE_IS_ENOUGH = new RegExp(String.raw`${UNSPACED}|\p{Extended_Pictographic}`, "u");
const OUTAGE = "Messages cannot be searched right now: the chat is out of reach. Rooms are found all the same.";

/** @type {Outcome} */
const NOTHING = { text: "", hits: [], next: null, sentence: "", retryAfterS: 0 };

export class MessageSearch {
  #search;
  #show;
  #zone;
  #text = "";
  /** What the next question goes on with; "": it is a new one. */
  #onward = "";
  #outcome = NOTHING;
  #under = new AbortController();
  /** @type {number | undefined} */
  #timer;
  #asking = new Asking(() => this.#find(), (outcome) => this.#found(outcome), PAUSE_MS);

  /**
   * @param {Search} search
   * @param {() => void} show
   * @param {string} [zone] in which days begin, by its name in the IANA's database
   */
  constructor(search, show, zone = Intl.DateTimeFormat().resolvedOptions().timeZone) {
    this.#search = search;
    this.#show = show;
    this.#zone = zone;
  }

  /** The newest answer; while another is awaited, that to what was typed before. */
  get outcome() {
    return this.#outcome;
  }

  get isWaiting() {
    return this.#asking.isWaiting;
  }

  /** @param {string} typed what is asked for from now on; too little of it: nothing */
  ask(typed) {
    const text = typed.trim();
    if (text === this.#text) return;
    const isFast = this.isWaiting;
    this.#stop();
    this.#text = text;
    if (!isEnough(text)) this.#outcome = NOTHING;
    else if (isFast) this.#asking.soon();
    else this.#asking.now();
  }

  /** Asks for what is older than the hits that are there. */
  goOn() {
    this.#onward = this.#outcome.next ?? "";
    this.#asking.now();
  }

  /** Once the answer is shown. */
  shown() {
    return this.#asking.shown();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#under.abort();
    this.#asking.stop();
    this.#onward = "";
  }

  /** @returns {Promise<Outcome>} */
  async #find() {
    const text = this.#text;
    const question = new URLSearchParams({ q: text, limit: String(MOST), typing: "1", zone: this.#zone });
    if (this.#onward) question.set("before", this.#onward);
    this.#under = new AbortController();
    try {
      const found = await this.#search(question, this.#under.signal);
      const hits = this.#onward ? [...this.#outcome.hits, ...found.hits] : found.hits;
      return { ...NOTHING, ...found, text, hits };
    } catch (error) {
      const { isTooFast, ...reason } = reasonOf(error);
      const isKept = this.#onward || isTooFast; // the hits that are there are right, or nearly so
      return { ...(isKept ? this.#outcome : NOTHING), text, ...reason };
    }
  }

  /** @param {Outcome} outcome */
  #found(outcome) {
    this.#outcome = outcome;
    if (outcome.retryAfterS > 0) this.#timer = setTimeout(() => this.#asking.now(), outcome.retryAfterS * 1_000);
    this.#show();
  }
}

/** @param {string} text */
function isEnough(text) {
  return lengthOf(text) >= LEAST_CHARS || ONE_IS_ENOUGH.test(text);
}

/**
 * Why there is no answer, and in how many seconds asking again makes sense; 0: it makes none.
 *
 * @param {unknown} error
 */
function reasonOf(error) {
  const { code, message, retryAfterS } = error instanceof Refusal ? error : new Refusal("unreachable", "");
  if (code === "unreachable") return { isTooFast: false, sentence: OUTAGE, retryAfterS: RETRY_S };
  const isTooFast = code === "rate_limited";
  const passes = isTooFast || code === "unavailable";
  return { isTooFast, sentence: message, retryAfterS: passes ? Math.max(1, retryAfterS) : 0 };
}
