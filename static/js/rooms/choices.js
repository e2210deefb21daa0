/**
 * A list to choose from that follows a search field.
 *
 * @import {Person} from '../state/types.js'
 */

import { Asking } from "../lib/asking.js";
import { clone, setText, within } from "../lib/dom.js";
import { fillAvatar, loginLine } from "../lib/avatar.js";
import { showRows } from "../lib/rows.js";

export class Choices {
  #dialog;
  #input;
  #asking;

  /**
   * Fills `.choices` of the dialog as one types into its search field, or shows `.choices__none`.
   *
   * @param {HTMLElement} dialog
   * @param {(words: string) => Promise<HTMLElement[] | string>} load rows, or a sentence in their place
   * @param {AbortSignal} signal
   */
  constructor(dialog, load, signal) {
    this.#dialog = dialog;
    this.#input = /** @type {HTMLInputElement} */ (within(dialog, ".dialog__search"));
    this.#asking = new Asking(() => load(this.words), (found) => this.#found(found));
    this.#input.addEventListener("input", () => this.#asking.soon(), { signal });
  }

  get words() {
    return this.#input.value.trim();
  }

  /**
   * Shows what there is.
   *
   * @param {string} [words] that are typed by now
   */
  begin(words = "") {
    this.#input.value = words;
    this.#show([], "");
    this.#asking.now();
  }

  /** Those that fit what is typed by now, once they are there. */
  async found() {
    await this.#asking.shown();
    return /** @type {HTMLElement[]} */ ([...within(this.#dialog, ".choices").children]);
  }

  /** @param {HTMLElement[] | string} found */
  #found(found) {
    const { none = "", noneFound = "" } = this.#dialog.dataset;
    if (typeof found === "string") this.#show([], found);
    else if (found.length > 0) this.#show(found, "");
    else this.#show([], this.words ? noneFound : none);
  }

  /**
   * @param {HTMLElement[]} rows
   * @param {string} sentence
   */
  #show(rows, sentence) {
    showRows(within(this.#dialog, ".choices"), rows);
    setText(within(this.#dialog, ".choices__none"), sentence);
  }
}

/**
 * A person with a button, or without.
 *
 * @param {Person} person
 * @param {string} label of the button; "": none
 * @param {(row: HTMLElement) => void} act
 */
export function personChoice(person, label, act) {
  const row = clone("person-choice-template");
  fillAvatar(within(row, ".avatar"), person);
  setText(within(row, ".choice__name"), person.name);
  setText(within(row, ".choice__more"), person.off ? `${person.login} · switched off` : loginLine(person));
  const button = within(row, "button");
  setText(button, label);
  button.hidden = label === "";
  button.setAttribute("aria-label", `${label} ${person.name}`);
  button.addEventListener("click", () => act(row));
  return row;
}
