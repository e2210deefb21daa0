/**
 * The place to write: never disabled, and never emptied before the message is safe with the outbox.
 *
 * @import {Clock} from '../state/types.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { byId, setText } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { cleaned, isVisible, lengthOf } from "../lib/text.js";

const COUNT_FROM = 200;
const TYPING_EVERY_MS = 3_000;

/**
 * @typedef {object} ComposerActions
 * @property {(text: string) => void} typed
 * @property {(text: string) => boolean} send whether it is safe; else it stays; "": there is nothing to send
 * @property {() => void} editLast
 * @property {() => void} typing
 * @property {() => void} toEnd
 * @property {(direction: 1 | -1) => void} byPage
 */

export class Composer {
  #actions;
  #clock;
  #limit;
  #form = byId("composer", HTMLFormElement);
  #text = byId("text", HTMLTextAreaElement);
  #note = byId("note", HTMLElement);
  #typedAt = 0;
  /** What is typed is a message to be: others see that it is typed. */
  isMessage = true;
  #isTouch = matchMedia("(pointer: coarse)").matches;

  /**
   * @param {ComposerActions} actions
   * @param {{clock: Clock, limit: number, signal: AbortSignal}} options `limit` in characters
   */
  constructor(actions, { clock, limit, signal }) {
    this.#actions = actions;
    this.#clock = clock;
    this.#limit = limit;
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.#text.addEventListener("input", () => this.#typed(), { signal });
    onPress(this.#text, (press) => this.#actionOf(press), { signal });
    if (this.#isTouch) this.#text.enterKeyHint = "enter";
    this.begin();
    this.#adjust();
  }

  get isEmpty() {
    return this.#text.value === "";
  }

  get text() {
    return this.#text.value;
  }

  /** The text as it would be sent; "" where nobody would see anything. */
  get submittable() {
    const text = cleaned(this.#text.value);
    return isVisible(text) ? text : "";
  }

  /**
   * Puts another text in the place of what is there.
   *
   * @param {string} text
   */
  replace(text) {
    this.focus();
    this.show(text);
  }

  /**
   * The same, wherever the focus is.
   *
   * @param {string} text
   */
  show(text) {
    if (text !== this.#text.value) this.#text.value = text;
    this.#adjust();
  }

  /**
   * Says a sentence beside the text, until something is typed; with a button to take back what it is about.
   *
   * @param {string} sentence
   * @param {{label: string, act: () => void}} [offer]
   */
  say(sentence, offer) {
    this.#note.toggleAttribute("data-told", true);
    setText(this.#note, sentence);
    if (!offer) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "composer__offer", textContent: offer.label });
    button.addEventListener("click", () => (setText(this.#note, ""), this.focus(), offer.act()), { once: true });
    this.#note.append(" · ", button);
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  /** The reader has come into a room. On a touch screen the focus would open its keyboard. */
  begin() {
    this.#typedAt = 0;
    if (!this.#isTouch) this.focus();
  }

  /** @param {string} text */
  write(text) {
    this.focus();
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, "end");
    this.#typed();
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault();
    const text = this.submittable;
    this.focus();
    if (lengthOf(text) > this.#limit) return;
    if (this.#actions.send(text)) this.#typedAt = 0;
  }

  #typed() {
    this.#actions.typed(this.#text.value);
    this.#adjust();
    const now = this.#clock.now();
    if (!this.isMessage || this.isEmpty || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#actions.typing();
  }

  /**
   * @param {Press} press
   * @returns {(() => void) | undefined}
   */
  #actionOf({ alt, command, key, shift }) {
    if (alt || shift) return undefined;
    if (key === "Enter" && (command || !this.#isTouch)) return () => this.#form.requestSubmit();
    if (command) return undefined;
    if (key === "PageUp") return () => this.#actions.byPage(-1);
    if (key === "PageDown") return () => this.#actions.byPage(1);
    if (key === "ArrowUp" && this.isEmpty) return () => this.#actions.editLast();
    if (key === "End" && this.isEmpty) return () => this.#actions.toEnd();
    return undefined;
  }

  /** Height and counter follow the text. */
  #adjust() {
    if (!CSS.supports("field-sizing", "content")) {
      this.#text.style.blockSize = "auto";
      this.#text.style.blockSize = `${this.#text.scrollHeight}px`;
    }
    const length = this.#text.value.length < this.#limit - COUNT_FROM ? 0 : lengthOf(cleaned(this.#text.value));
    const excess = length - this.#limit;
    this.#note.removeAttribute("data-told");
    this.#text.setAttribute("aria-invalid", String(excess > 0));
    const count = excess >= -COUNT_FROM ? `${number(length)} / ${number(this.#limit)}` : "";
    setText(this.#note, excess > 0 ? tooLong(excess) : count);
  }
}

/** @param {number} excess */
function tooLong(excess) {
  return `${number(excess)} ${excess === 1 ? "character" : "characters"} too long: shorten it to send`;
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString("en");
}
