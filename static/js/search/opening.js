/**
 * Opens the search box (Ctrl/⌘ K, `/`). What fills it comes at the first time; what is typed meanwhile is there by then.
 *
 * @import {State} from '../state/types.js'
 * @import {Press} from '../lib/keyboard.js'
 * @import {Api, Go} from '../sync/api.js'
 * @import {Recents} from './recents.js'
 * @import {SearchBox} from './search-box.js'
 */

import { byId, setText } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { Later } from "../lib/later.js";
import { keep, kept } from "./kept.js";

const SOON_MS = 300;

export class SearchOpening {
  #dialog = byId("search", HTMLDialogElement);
  #input = byId("search-text", HTMLInputElement);
  #note = byId("search-note", HTMLElement);
  /** @type {Later<typeof import('./search-box.js')>} */
  #later = new Later("search", (sentence) => setText(this.#note, sentence), { hasSheet: true });
  #needs;
  #signal;
  /** @type {SearchBox | null} */
  #box = null;
  /** That which ends the typing, before the box is there. @type {Press | null} */
  #press = null;

  /**
   * @param {{api: Api, state: () => State, recents: Recents, go: Go}} needs
   * @param {AbortSignal} signal
   */
  constructor(needs, signal) {
    this.#needs = needs;
    this.#signal = signal;
    this.#listen(signal);
    this.#comeBack();
  }

  /** Who comes back from a hit finds the box as they left it. */
  #comeBack() {
    const left = kept();
    if (left && !this.#dialog.open) this.#openWith(left.text);
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const dialog = this.#dialog;
    const asked = (/** @type {Event} */ event) => (event.preventDefault(), this.open());
    for (const link of ["search-open", "search-open-head"].map((id) => byId(id, HTMLElement))) {
      link.addEventListener("click", asked, { signal });
      link.addEventListener("pointerenter", () => this.#later.prepare(), { signal, once: true });
    }
    byId("search-close", HTMLElement).addEventListener("click", () => dialog.close(), { signal });
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close(), { signal });
    dialog.addEventListener("close", () => dialog.open || this.#closed(), { signal });
    window.addEventListener("popstate", () => this.#comeBack(), { signal });
    this.#input.addEventListener("input", () => this.#typed(), { signal });
    onPress(this.#input, (press) => this.#actionOf(press), { signal });
    byId("signout", HTMLFormElement).addEventListener("submit", () => this.#needs.recents.clear(), { signal });
  }

  open() {
    if (!this.#dialog.open) this.#openWith("");
  }

  /** @param {State} state */
  render(state) {
    this.#box?.render(state);
  }

  /** @param {string} text */
  #openWith(text) {
    this.#dialog.showModal();
    this.#input.value = text;
    this.#input.focus();
    if (this.#box) this.#box.begin();
    else this.#fill();
  }

  async #fill() {
    setTimeout(() => this.#box || this.#note.textContent || setText(this.#note, "One moment …"), SOON_MS);
    const { SearchBox } = await this.#later.load();
    this.#box ??= new SearchBox(this.#needs, this.#signal);
    if (!this.#dialog.open) return;
    this.#box.begin();
    if (this.#press) this.#box.actionOf(this.#press)?.();
  }

  /** The page may have to be loaded once more before the box is there. */
  #typed() {
    this.#press = null;
    if (!this.#box) keep({ text: this.#input.value, chosen: "" });
  }

  /** @param {Press} press */
  #actionOf(press) {
    return !this.#box && press.key === "Enter" ? () => (this.#press = press) : undefined;
  }

  #closed() {
    this.#press = null;
    this.#box?.end();
    keep(null);
  }
}
