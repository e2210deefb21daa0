/**
 * Where the reader is in the timeline. The scroller is laid out from its end (`column-reverse`), so it starts at the
 * newest message, keeps the end in place when its size changes, and `scrollTop` is 0 there and negative above.
 */

const FOLLOW_PX = 100;
const NEAR_PX = 800;

/** @typedef {{element: Element, bottom: number}} Mark */

export class Scroll {
  #scroller;
  #list;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} list whose children are the lines
   */
  constructor(scroller, list) {
    this.#scroller = scroller;
    this.#list = list;
  }

  get isAtEnd() {
    return this.#fromEnd < FOLLOW_PX;
  }

  get isNearEnd() {
    return this.#fromEnd < NEAR_PX;
  }

  get isNearStart() {
    const { clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - clientHeight - this.#fromEnd < NEAR_PX;
  }

  /** How much of the view the lines fill, were it at the end; 1: all of it. */
  get share() {
    return this.#list.clientHeight / this.#scroller.clientHeight;
  }

  get #fromEnd() {
    return Math.abs(this.#scroller.scrollTop);
  }

  toEnd() {
    this.#scroller.scrollTop = 0;
  }

  /**
   * Puts an element a third down, context above it.
   *
   * @param {Element} element
   */
  landOn(element) {
    this.#scroller.scrollTop += this.#topOf(element) - this.#scroller.clientHeight / 3;
  }

  /** @param {1 | -1} direction */
  byPage(direction) {
    this.#scroller.scrollTop += direction * this.#scroller.clientHeight * 0.9;
  }

  /**
   * The first message in view and where it ends, to be found again there once the lines have changed. Not a day's
   * line, which stays above what is loaded before its messages; and not where it begins: its head may go.
   *
   * @returns {Mark | null}
   */
  mark() {
    const lines = this.#list.children;
    let low = 0;
    for (let high = lines.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#bottomOf(lines[middle]) <= 0) low = middle + 1;
      else high = middle;
    }
    while (low < lines.length && !lines[low].matches("[data-key]")) low += 1;
    const element = lines[low];
    return element ? { element, bottom: this.#bottomOf(element) } : null;
  }

  /** The first message in view and where it ends, as far as others can find it again: by its seq. */
  get place() {
    const mark = this.mark();
    const seq = mark?.element instanceof HTMLElement ? Number(mark.element.dataset.seq) : 0;
    return mark && seq > 0 ? { seq, bottom: mark.bottom } : null;
  }

  /** @param {Mark | null} mark */
  restore(mark) {
    if (mark?.element.isConnected) this.#scroller.scrollTop += this.#bottomOf(mark.element) - mark.bottom;
  }

  /** @param {Element} element */
  #bottomOf(element) {
    return this.#topOf(element) + element.clientHeight;
  }

  /** @param {Element} element */
  #topOf(element) {
    return element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }
}
