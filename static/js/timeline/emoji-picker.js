/**
 * The panel to choose a reaction from: a few at hand, and any other.
 */

import { byId, setText } from "../lib/dom.js";
import { isEmoji } from "../lib/text.js";

const GAP_PX = 6;

export class Picker {
  #panel = byId("picker", HTMLElement);
  #any = byId("picker-any", HTMLInputElement);
  #reason = byId("picker-reason", HTMLElement);
  /** @type {(emoji: string) => void} */
  #choose = () => {};

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#panel.addEventListener("click", (event) => this.#clicked(event), { signal });
    byId("picker-form", HTMLFormElement).addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.#any.addEventListener("input", () => setText(this.#reason, ""), { signal });
  }

  get isOpen() {
    return this.#panel.matches(":popover-open");
  }

  /**
   * @param {Element} anchor beside which it opens
   * @param {(emoji: string) => void} choose
   */
  open(anchor, choose) {
    this.#choose = choose;
    this.#any.value = "";
    setText(this.#reason, "");
    this.#panel.showPopover();
    const { bottom, right, top } = anchor.getBoundingClientRect();
    const { offsetHeight, offsetWidth, style } = this.#panel;
    style.left = `${Math.max(GAP_PX, Math.min(right, innerWidth - GAP_PX) - offsetWidth)}px`;
    style.top = `${top > offsetHeight + 2 * GAP_PX ? top - offsetHeight - GAP_PX : bottom + GAP_PX}px`;
    this.#panel.querySelector("button")?.focus();
  }

  close() {
    this.#panel.hidePopover();
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-emoji]") : null;
    if (button instanceof HTMLElement) this.#chosen(button.dataset.emoji ?? "");
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault();
    const emoji = this.#any.value.trim();
    if (isEmoji(emoji)) this.#chosen(emoji);
    else setText(this.#reason, "Type or paste one emoji, and nothing else.");
  }

  /** @param {string} emoji */
  #chosen(emoji) {
    this.close();
    this.#choose(emoji);
  }
}
