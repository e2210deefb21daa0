/**
 * Opens what a message carries: a picture in the lightbox, a text below its line. Both come when they are first needed.
 *
 * @import {State} from '../state/types.js'
 * @import {Lightbox} from '../viewing/lightbox.js'
 */

import { byId, setText, within } from "../lib/dom.js";
import { Later } from "../lib/later.js";
import { reachScrolling } from "../lib/scrolling.js";
import { picturesOf } from "../state/pictures.js";
import { loadAgain } from "./parts/loading.js";

export class FileOpening {
  #log = byId("log", HTMLElement);
  #ask;
  #signal;
  /** @type {Later<typeof import('../viewing/viewing.js')>} */
  #later;
  /** @type {State | null} */
  #state = null;
  /** @type {Lightbox | null} */
  #lightbox = null;
  /** The picture that was asked for last. */
  #wanted = "";
  #isPrepared = false;

  /**
   * @param {{ask: (method: 'GET', path: string) => Promise<any>, say: (sentence: string) => void}} needs
   * @param {AbortSignal} signal
   */
  constructor({ ask, say }, signal) {
    this.#ask = ask;
    this.#signal = signal;
    this.#later = new Later("viewing", say, { hasSheet: true });
    this.#log.addEventListener("click", (event) => this.#clicked(event), { signal });
    for (const type of ["pointerover", "focusin"]) this.#log.addEventListener(type, (event) => this.#prepare(event), { signal });
  }

  /** @param {State} state */
  render(state) {
    const isOther = this.#state?.open !== state.open;
    const isBack = state.connection.phase === "open" && this.#state?.connection.phase !== "open";
    this.#state = state;
    if (isOther) this.#wanted = ""; // what was asked for is no longer there
    if (isBack || isOther) loadAgain(this.#log);
    if (this.#lightbox?.isOpen) this.#lightbox.show(this.#pictures);
  }

  get #pictures() {
    return this.#state ? picturesOf(this.#state.rooms[this.#state.open].messages) : [];
  }

  /** @param {Event} event */
  #prepare({ target }) {
    if (this.#isPrepared || !(target instanceof Element) || !target.closest(".picture, .file__fold")) return;
    this.#isPrepared = true;
    this.#later.prepare();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const picture = target?.closest(".picture");
    const fold = target?.closest(".file__fold");
    if (fold instanceof HTMLElement) this.#fold(fold);
    if (!(picture instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#open(picture);
  }

  /** @param {HTMLElement} picture */
  async #open(picture) {
    const message = /** @type {HTMLElement | null} */ (picture.closest(".message"));
    const key = `${message?.dataset.seq} ${picture.dataset.file}`;
    this.#wanted = key;
    const { lightbox } = await this.#later.load();
    if (this.#wanted !== key) return; // another one was asked for meanwhile
    this.#wanted = "";
    this.#lightbox ??= lightbox(this.#signal);
    this.#lightbox.open(this.#pictures, key);
  }

  /**
   * Shows the first lines of a text, or hides them; the button stays under the pointer.
   *
   * @param {HTMLElement} button
   */
  async #fold(button) {
    const file = /** @type {HTMLElement} */ (button.closest(".file"));
    const text = within(file, ".file__text");
    const isOpening = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpening));
    setText(within(button, ".file__verb"), isOpening ? "Hide" : "Show");
    const { linesOf } = await this.#later.load();
    const lines = isOpening && !text.hasChildNodes() ? await linesOf(file, this.#ask) : null;
    const top = button.getBoundingClientRect().top;
    if (lines) show(file, lines);
    text.hidden = button.getAttribute("aria-expanded") !== "true" || !text.hasChildNodes();
    byId("timeline", HTMLElement).scrollTop += button.getBoundingClientRect().top - top;
  }
}

/**
 * @param {HTMLElement} file
 * @param {{text: string, note: string}} lines
 */
function show(file, { note, text }) {
  const reason = within(file, ".file__reason");
  within(file, ".file__text").textContent = text;
  reason.textContent = note;
  reason.hidden = note === "";
  reachScrolling(file);
}
