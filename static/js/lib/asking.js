/**
 * What is asked for while somebody types: after a pause, and only the answer to the last question counts.
 */

/** @template T */
export class Asking {
  #find;
  #show;
  #pauseMs;
  #asked = 0;
  /** What is being asked for.
   * @type {Promise<void> | null} */
  #answer = null;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {() => Promise<T>} find asks for what is wanted by now
   * @param {(found: T) => void} show
   * @param {number} [pauseMs]
   */
  constructor(find, show, pauseMs = 150) {
    this.#find = find;
    this.#show = show;
    this.#pauseMs = pauseMs;
  }

  /** An answer may still come. */
  get isWaiting() {
    return this.#timer !== undefined || this.#answer !== null;
  }

  /** Asks after a pause, in place of what was asked before. */
  soon() {
    this.stop();
    this.#timer = setTimeout(() => this.now(), this.#pauseMs);
  }

  /** Asks at once, in place of what was asked before. */
  now() {
    this.stop();
    this.#answer = this.#ask(this.#asked);
  }

  /** No answer counts any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#answer = null;
    this.#asked += 1;
  }

  /** Once the answer is shown; what was to be asked after the pause is asked at once. */
  async shown() {
    if (this.#timer !== undefined) this.now();
    await this.#answer;
  }

  /** @param {number} asked the number of this question */
  async #ask(asked) {
    const found = await this.#find();
    if (asked !== this.#asked) return;
    this.#answer = null;
    this.#show(found);
  }
}
