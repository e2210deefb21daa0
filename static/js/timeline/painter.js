/**
 * When the page is drawn: with the next frame, but after one that took long it rests for several times as long, so that
 * a flood of messages leaves the page at ease.
 */

const REST_TIMES = 8;
const MAX_REST_MS = 1_000;
const RUSH_MS = 200;
const SEEN_MS = 100; // a frame has been painted by then, on a slow machine too

export class Painter {
  #draw;
  #onRush;
  #isDue = false;
  #restsUntil = 0;

  /**
   * @param {() => void} draw
   * @param {(isRush: boolean) => void} onRush after each drawing: whether more comes than can be drawn at ease
   */
  constructor(draw, onRush) {
    this.#draw = draw;
    this.#onRush = onRush;
  }

  /** Something changed. */
  request() {
    if (this.#isDue) return;
    this.#isDue = true;
    const rest = this.#restsUntil - performance.now();
    if (rest > 0) setTimeout(() => requestAnimationFrame(() => this.#paint()), rest);
    else requestAnimationFrame(() => this.#paint());
  }

  /** Draws without waiting: somebody looks for it. */
  now() {
    this.#isDue = false;
    this.#draw();
    setTimeout(() => this.#onRush(false), SEEN_MS);
  }

  #paint() {
    if (!this.#isDue) return;
    const begun = performance.now();
    this.#isDue = false;
    this.#draw();
    setTimeout(() => this.#rest(begun)); // once the browser has laid it out and painted it
  }

  /** @param {number} begun when the drawing began, in ms of the page's clock */
  #rest(begun) {
    const now = performance.now();
    const rest = Math.min(MAX_REST_MS, REST_TIMES * (now - begun));
    this.#restsUntil = now + rest;
    this.#onRush(rest > RUSH_MS);
  }
}
