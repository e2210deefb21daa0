/**
 * Choosing people: from a list that follows what is typed, or by several logins at once.
 *
 * @import {Person} from '../state/types.js'
 * @import {Ask} from '../sync/api.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { Choices, personChoice } from "./choices.js";
import { byId, clone, setText, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";
import { onPress } from "../lib/keyboard.js";
import { Refusal } from "../sync/api.js";

export class PeoplePicker {
  #ask;
  #dialog;
  #choices;
  /** @type {Map<string, Person>} by login */
  #picked = new Map();
  #list;

  /**
   * @param {Ask} ask
   * @param {AbortSignal} signal
   */
  constructor(ask, signal) {
    this.#ask = ask;
    this.#dialog = new FormDialog("people-picker", signal);
    this.#choices = new Choices(this.#dialog.element, (words) => this.#load(words), signal);
    this.#list = within(this.#dialog.element, ".picked");
    onPress(byId("people-picker-words", HTMLInputElement), (press) => this.#actionOf(press), { signal });
  }

  /**
   * @param {string} heading
   * @param {string} button
   * @param {(logins: string[]) => Promise<unknown>} submit
   */
  open(heading, button, submit) {
    this.#picked.clear();
    this.#list.replaceChildren();
    this.#choices.begin();
    this.#dialog.open(heading, button, async () => {
      await this.#takeTyped();
      await submit([...this.#picked.keys(), ...this.#typed()]);
    });
    byId("people-picker-words", HTMLElement).focus();
  }

  /** Logins that were typed and not chosen from the list. */
  #typed() {
    return this.#choices.words.split(/[\s,;]+/).filter((each) => each !== "");
  }

  /** @param {string} words */
  async #load(words) {
    /** @type {HTMLElement[]} */
    let rows = [];
    await this.#dialog.attempt(async () => {
      const { people } = await this.#ask("GET", `/api/people?q=${encodeURIComponent(words)}`);
      const news = people.filter((/** @type {Person} */ person) => !this.#picked.has(person.login));
      rows = news.map((/** @type {Person} */ person) => personChoice(person, "Add", () => this.#pick(person)));
    });
    return rows;
  }

  /** Enter takes the first; whom nobody fits is left to the server, as a login. */
  async #enter() {
    const [first] = await this.#choices.found();
    if (first) within(first, "button").click();
    else within(this.#dialog.element, "[data-submit]").click();
  }

  /**
   * Whoever is typed and not chosen yet.
   *
   * @throws {Refusal} it could be several
   */
  async #takeTyped() {
    const rows = this.#choices.words === "" ? [] : await this.#choices.found();
    if (rows.length > 1) throw new Refusal("bad_people", "Choose one of these people, or empty the field.");
    for (const row of rows) within(row, "button").click();
  }

  /** @param {Person} person */
  #pick(person) {
    const chip = clone("picked-template");
    const button = within(chip, "button");
    setText(within(chip, ".picked__name"), person.name);
    button.setAttribute("aria-label", `Take ${person.name} out`);
    button.addEventListener("click", () => this.#drop(person.login, chip));
    this.#picked.set(person.login, person);
    this.#list.append(chip);
    this.#choices.begin();
    byId("people-picker-words", HTMLElement).focus();
  }

  /**
   * @param {string} login
   * @param {HTMLElement} chip
   */
  #drop(login, chip) {
    this.#picked.delete(login);
    chip.remove();
    byId("people-picker-words", HTMLElement).focus();
  }

  /** @param {Press} press Enter takes the first, Backspace in an empty field the last one out */
  #actionOf({ key }) {
    if (key === "Enter" && this.#choices.words !== "") return () => this.#enter();
    const last = [...this.#picked.keys()].at(-1);
    const chip = this.#list.lastElementChild;
    if (key !== "Backspace" || this.#choices.words !== "" || !last || !(chip instanceof HTMLElement)) return undefined;
    return () => this.#drop(last, chip);
  }
}
