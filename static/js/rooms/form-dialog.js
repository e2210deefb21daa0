/**
 * A dialog: opened, closed by its button, by Escape or beside it; what is refused is said beside its field, and what was
 * typed stays.
 */

import { byId, setText, within } from "../lib/dom.js";
import { Refusal } from "../sync/api.js";

export class FormDialog {
  #dialog;
  /** @type {() => Promise<unknown>} */
  #submit = () => Promise.resolve();
  #isUnderWay = false;

  /**
   * @param {string} id
   * @param {AbortSignal} signal
   */
  constructor(id, signal) {
    this.#dialog = byId(id, HTMLDialogElement);
    this.#dialog.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#dialog.addEventListener("input", () => this.show(null), { signal });
    this.#dialog.addEventListener("submit", (event) => this.#submitted(event), { signal });
  }

  get element() {
    return this.#dialog;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /**
   * @param {string} [heading]
   * @param {string} [button] of the form
   * @param {() => Promise<unknown>} [submit] the dialog closes when it succeeds, but for an answer of false
   */
  open(heading, button, submit) {
    if (heading) setText(within(this.#dialog, ".dialog__title"), heading);
    if (button) setText(within(this.#dialog, "[data-submit]"), button);
    if (submit) this.#submit = submit;
    this.show(null);
    this.#dialog.showModal();
  }

  close() {
    this.#dialog.close();
  }

  /**
   * Does something, and says when it is refused; true when it succeeded and did not answer false. What was said before stays until somebody
   * types or presses something: a list that is loaded meanwhile must not take it away.
   *
   * @param {() => Promise<unknown>} action
   */
  async attempt(action) {
    try {
      return (await action()) !== false;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.show(error);
      return false;
    }
  }

  /** @param {Refusal | null} refusal */
  show(refusal) {
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (this.#dialog.querySelectorAll("[data-codes]"));
    const wrong = Array.from(fields).find((field) => refusal && field.dataset.codes?.split(" ").includes(refusal.code));
    for (const field of fields) {
      field.setAttribute("aria-invalid", String(field === wrong));
      say(byId(field.getAttribute("aria-describedby") ?? "", HTMLElement), field === wrong ? refusal : null);
    }
    say(within(this.#dialog, ".dialog__error"), wrong ? null : refusal);
    wrong?.focus();
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("button") : null;
    if (button) this.show(null);
    if (target === this.#dialog || button?.matches("[data-close]")) this.#dialog.close();
  }

  /** @param {Event} event */
  async #submitted(event) {
    event.preventDefault();
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.show(null);
    const isDone = await this.attempt(this.#submit);
    this.#isUnderWay = false;
    if (isDone) this.close();
  }
}

/**
 * @param {HTMLElement} line
 * @param {Refusal | null} refusal
 */
function say(line, refusal) {
  line.hidden = !refusal;
  setText(line, refusal?.message ?? "");
}
