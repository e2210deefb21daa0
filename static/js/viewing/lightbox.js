/**
 * One picture, as large as the window, and the way to those before and behind it in the room.
 *
 * @import {Press} from '../lib/keyboard.js'
 * @import {Picture} from '../state/pictures.js'
 * @import {Point} from './gestures.js'
 */

import { momentLabel, wholeLabel } from "../lib/calendar.js";
import { setText } from "../lib/dom.js";
import { fileLabels } from "../state/file-labels.js";
import { onPress } from "../lib/keyboard.js";
import { frame } from "./frame.js";
import { Gestures } from "./gestures.js";
import { WHOLE, fitted, held, zoomed } from "./zoom.js";

const STEP = 1.5;
const LARGE = 2.5;
const LARGE_PX = 2048; // the longer side of the large rendition
const RETRY_MS = 2_000;
const OUTAGE = "The picture cannot be loaded right now. It is tried again.";

export class Lightbox {
  #frame = frame();
  /** @type {Picture[]} */
  #pictures = [];
  #at = 0;
  #view = WHOLE;
  /** What is shown, and how well. */
  #shown = "";

  /** @param {AbortSignal} signal */
  constructor(signal) {
    const { back, close, dialog, on, stage } = this.#frame;
    back.addEventListener("click", () => this.#step(-1), { signal });
    on.addEventListener("click", () => this.#step(1), { signal });
    close.addEventListener("click", () => dialog.close(), { signal });
    dialog.addEventListener("close", () => this.#closed(), { signal });
    window.addEventListener("popstate", () => dialog.close(), { signal });
    window.addEventListener("resize", () => this.#draw(WHOLE), { signal });
    onPress(dialog, (press) => this.#actionOf(press), { signal });
    new Gestures(stage, {
      move: ({ x, y }) => this.#draw(held({ ...this.#view, x: this.#view.x + x, y: this.#view.y + y }, this.#sizes)),
      zoom: (factor, point) => this.#zoom(factor, point),
      step: (direction) => this.#step(direction),
      close: () => dialog.close(),
      toggle: (point) => this.#zoom(this.#view.scale > 1 ? 0 : LARGE, point),
      isWhole: () => this.#view.scale === 1,
    }, signal);
  }

  get isOpen() {
    return this.#frame.dialog.open;
  }

  /**
   * @param {Picture[]} pictures
   * @param {string} key
   */
  open(pictures, key) {
    this.#at = pictures.findIndex((picture) => picture.key === key);
    if (this.#at < 0) return;
    this.#pictures = pictures;
    if (!this.isOpen) this.#begun();
    this.#show();
  }

  /** It is a step of the browser's history, so that Back closes it. */
  #begun() {
    history.pushState({ ...history.state, lightbox: true }, "");
    this.#frame.dialog.showModal();
  }

  #closed() {
    this.#shown = "";
    if (history.state?.lightbox) history.back();
  }

  /**
   * What there is by now. Where the picture is gone, its neighbour comes.
   *
   * @param {Picture[]} pictures
   */
  show(pictures) {
    const { key } = this.#pictures[this.#at];
    const place = pictures.findIndex((picture) => picture.key === key);
    this.#pictures = pictures;
    this.#at = place < 0 ? Math.min(this.#at, pictures.length - 1) : place;
    if (pictures.length === 0) this.#frame.dialog.close();
    else this.#show();
  }

  /** @param {1 | -1} direction */
  #step(direction) {
    const next = this.#at + direction;
    if (!this.#pictures[next]) return;
    this.#at = next;
    this.#show();
  }

  #show() {
    const { author, back, count, dialog, on, picture, said, save, time } = this.#frame;
    const shown = this.#pictures[this.#at];
    const { path } = fileLabels(shown);
    const place = `${this.#at + 1} of ${this.#pictures.length}`;
    const moment = Date.parse(shown.time);
    dialog.setAttribute("aria-label", `Picture ${place}`);
    setText(author, shown.author.name);
    setText(time, momentLabel(moment, Date.now()));
    Object.assign(time, { dateTime: shown.time, title: wholeLabel(moment) });
    setText(count, this.#pictures.length > 1 ? place : "");
    picture.alt = shown.alt || `Picture ${shown.name}`;
    setText(said, `${picture.alt}, ${place}`);
    save.href = `${path}?download`;
    back.disabled = this.#at === 0;
    on.disabled = this.#at === this.#pictures.length - 1;
    if (this.#shown.split(" size ")[0] !== shown.key) this.#begin(shown, path);
  }

  /**
   * @param {Picture} shown
   * @param {string} path
   */
  #begin(shown, path) {
    const { note, picture } = this.#frame;
    setText(note, "");
    this.#shown = `${shown.key} size small`;
    picture.src = `${path}?size=small`; // which the browser has
    this.#draw(WHOLE);
    this.#sharpen("large", `${path}?size=large`);
  }

  /**
   * Puts a better rendition in place of what is there, once it has come.
   *
   * @param {'large' | 'original'} size
   * @param {string} address
   */
  async #sharpen(size, address) {
    const { key } = this.#pictures[this.#at];
    const { note, picture } = this.#frame;
    const wanted = `${key} size ${size}`;
    this.#shown = wanted;
    while (this.#shown === wanted) {
      if (await isLoaded(address)) break;
      if (this.#shown === wanted) setText(note, OUTAGE);
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
    if (this.#shown !== wanted) return;
    setText(note, "");
    picture.src = address;
    for (const near of [1, -1]) this.#prepare(this.#pictures[this.#at + near]);
  }

  /** @param {Picture | undefined} picture that may be looked at next */
  #prepare(picture) {
    if (picture) new Image().src = `${fileLabels(picture).path}?size=large`;
  }

  /**
   * @param {number} factor
   * @param {Point} point
   */
  #zoom(factor, point) {
    this.#draw(zoomed(this.#view, factor, point, this.#sizes));
    const shown = this.#pictures[this.#at];
    const pixels = this.#frame.picture.getBoundingClientRect().width * devicePixelRatio;
    const isCoarse = Math.max(shown.width ?? 0, shown.height ?? 0) > LARGE_PX && pixels > (shown.width ?? 0) / 2;
    if (isCoarse && this.#shown.endsWith("size large")) this.#sharpen("original", fileLabels(shown).path);
  }

  get #sizes() {
    const { width = 1, height = 1 } = this.#pictures[this.#at] ?? {};
    const { clientHeight, clientWidth } = this.#frame.stage;
    return { picture: { width, height }, stage: { width: clientWidth, height: clientHeight } };
  }

  /** @param {typeof WHOLE} view */
  #draw(view) {
    const { picture, stage } = this.#frame;
    const sizes = this.#sizes;
    const { height, width } = fitted(sizes.picture, sizes.stage);
    this.#view = view;
    Object.assign(picture.style, { width: `${width}px`, height: `${height}px` });
    picture.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    stage.toggleAttribute("data-large", view.scale > 1);
  }

  /** @param {Press} press */
  #actionOf({ command, alt, key }) {
    const middle = { x: 0, y: 0 };
    if (command || alt) return undefined;
    if (key === "ArrowRight") return () => this.#step(1);
    if (key === "ArrowLeft") return () => this.#step(-1);
    if (key === "+" || key === "=") return () => this.#zoom(STEP, middle);
    if (key === "-") return () => this.#zoom(1 / STEP, middle);
    if (key === "0") return () => this.#draw(WHOLE);
    return undefined;
  }
}

/**
 * Whether a picture has come, and can be drawn at once.
 *
 * @param {string} address
 */
async function isLoaded(address) {
  const image = new Image();
  image.src = address;
  return image.decode().then(() => true, () => false);
}
