/**
 * A list to choose from that follows a search field: asked for after a pause in typing, and only the last answer counts.
 *
 * @import {Person} from '../state/types.js'
 */

import { clone, setText, within } from "../lib/dom.js";
import { fillAvatar } from "../lib/avatar.js";

const PAUSE_MS = 150;

export class Choices {
  #dialog;
  #input;
  #load;
  /** @type {number | undefined} */
  #timer;
  #asked = 0;
  #answer = Promise.resolve();

  /**
   * @param {HTMLElement} dialog with a search field, `.choices` and `.choices__none`
   * @param {(words: string) => Promise<HTMLElement[]>} load
   * @param {AbortSignal} signal
   */
  constructor(dialog, load, signal) {
    this.#dialog = dialog;
    this.#input = /** @type {HTMLInputElement} */ (within(dialog, ".dialog__search"));
    this.#load = load;
    this.#input.addEventListener("input", () => this.#typed(), { signal });
  }

  get words() {
    return this.#input.value.trim();
  }

  /** Empties the field and shows what there is. */
  begin() {
    this.#input.value = "";
    this.#show([], "");
    this.#ask();
  }

  /** Those that fit what is typed by now, once they are there. */
  async found() {
    if (this.#timer !== undefined) this.#ask();
    await this.#answer;
    return /** @type {HTMLElement[]} */ ([...within(this.#dialog, ".choices").children]);
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  #ask() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#answer = this.#find(++this.#asked);
  }

  /** @param {number} asked the number of this question */
  async #find(asked) {
    const words = this.words;
    const rows = await this.#load(words);
    if (asked !== this.#asked) return;
    const { none, noneFound } = /** @type {{none: string, noneFound: string}} */ ({ none: "", noneFound: "", ...this.#dialog.dataset });
    this.#show(rows, rows.length > 0 ? "" : words ? noneFound : none);
  }

  /**
   * @param {HTMLElement[]} rows
   * @param {string} sentence
   */
  #show(rows, sentence) {
    within(this.#dialog, ".choices").replaceChildren(...rows);
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
  setText(within(row, ".choice__more"), person.off ? `${person.login} · switched off` : person.login);
  const button = within(row, "button");
  setText(button, label);
  button.hidden = label === "";
  button.setAttribute("aria-label", `${label} ${person.name}`);
  button.addEventListener("click", () => act(row));
  return row;
}
