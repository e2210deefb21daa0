/**
 * Choosing people: from a list that follows what is typed, or by several logins at once. Who is chosen, and what is typed,
 * outlives the page, but not the closing of the dialog.
 *
 * @import {Person} from '../state/types.js'
 * @import {Ask} from '../sync/api.js'
 * @import {Press} from '../lib/keyboard.js'
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
 *
 * @typedef {Pick<Person, 'login' | 'name'>} Picked
 */

import { Choices, personChoice } from "./choices.js";
import { byId, clone, setText, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";
import { onPress } from "../lib/keyboard.js";
import { Refusal } from "../sync/api.js";

const ALL_CHOSEN = "Everybody who fits is chosen already. Type other letters to find more people.";

export class PeoplePicker {
  #ask;
  #dialog;
  #choices;
  #typed;
  /** What they are chosen for. */
  #id = "";
  /** @type {Map<string, Picked>} by login */
  #picked = new Map();
  /** The ids of those who are in the room that they are chosen for; null: not known yet.
   * @type {Set<number> | null} */
  #inside = null;
  #room = 0;
  #list;

  /**
   * @param {{ask: Ask, typed: Shelf<Entry & {picked?: Picked[]}>}} needs
   * @param {AbortSignal} signal
   */
  constructor({ ask, typed }, signal) {
    this.#ask = ask;
    this.#typed = typed;
    this.#dialog = new FormDialog("people-picker", signal);
    this.#choices = new Choices(this.#dialog.element, (words) => this.#load(words), signal);
    this.#list = within(this.#dialog.element, ".picked");
    this.#dialog.element.addEventListener("input", () => this.#keep(), { signal });
    this.#dialog.element.addEventListener("close", () => typed.remove(this.#id), { signal });
    onPress(byId("people-picker-words", HTMLInputElement), (press) => this.#actionOf(press), { signal });
  }

  /**
   * @param {string} id under which it is kept
   * @param {{heading: string, button: string, room?: number}} words `room`: to which they are added
   * @param {(logins: string[]) => Promise<unknown>} submit
   */
  open(id, { button, heading, room = 0 }, submit) {
    const { picked = [], text = "" } = this.#typed.get(id) ?? {};
    this.#id = id;
    this.#room = room;
    this.#inside = room ? null : new Set();
    this.#picked.clear();
    this.#list.replaceChildren();
    for (const person of picked) this.#add(person);
    this.#choices.begin(text);
    this.#dialog.open(heading, button, async () => {
      await this.#takeTyped();
      await submit([...this.#picked.keys(), ...this.#logins()]);
    });
    byId("people-picker-words", HTMLElement).focus();
  }

  /** Logins that were typed and not chosen from the list. */
  #logins() {
    return this.#choices.words.split(/[\s,;]+/).filter((each) => each !== "");
  }

  /** @param {string} words */
  async #load(words) {
    /** @type {HTMLElement[] | string} */
    let found = "";
    await this.#dialog.attempt(async () => {
      const { people } = await this.#ask("GET", `/api/people?q=${encodeURIComponent(words)}`);
      const room = this.#room;
      const inside = this.#inside ?? (await this.#peopleOf(room));
      if (room === this.#room) this.#inside = inside; // or it was opened for another one meanwhile
      const news = people.filter((/** @type {Person} */ person) => !this.#picked.has(person.login));
      const rows = news.map((/** @type {Person} */ person) => this.#row(person, inside.has(person.id)));
      found = people.length > 0 && rows.length === 0 ? ALL_CHOSEN : rows;
    });
    return found;
  }

  /**
   * @param {Person} person
   * @param {boolean} isInside
   */
  #row(person, isInside) {
    const row = personChoice(person, isInside ? "" : "Add", () => this.#pick(person));
    if (isInside) within(row, ".choice__more").append(" · in this room");
    return row;
  }

  /** @param {number} room */
  async #peopleOf(room) {
    const { people } = await this.#ask("GET", `/api/rooms/${room}/members`);
    return new Set(people.map((/** @type {Person} */ person) => person.id));
  }

  /** Those that fit what is typed by now, and are not in the room. */
  async #fitting() {
    const rows = await this.#choices.found();
    return rows.map((row) => within(row, "button")).filter((button) => !button.hidden);
  }

  /** Enter takes the first; whom nobody fits is left to the server, as a login. */
  async #enter() {
    const [first] = await this.#fitting();
    if (first) first.click();
    else within(this.#dialog.element, "[data-submit]").click();
  }

  /**
   * Whoever is typed and not chosen yet.
   *
   * @throws {Refusal} it could be several
   */
  async #takeTyped() {
    const fitting = this.#choices.words === "" ? [] : await this.#fitting();
    if (fitting.length > 1) throw new Refusal("bad_people", "Choose one of these people, or empty the field.");
    for (const button of fitting) button.click();
  }

  #keep() {
    this.#typed.put({ id: this.#id, text: this.#choices.words, picked: [...this.#picked.values()], created: 0 });
  }

  /** @param {Person} person */
  #pick(person) {
    this.#add(person);
    this.#choices.begin();
    this.#keep();
    byId("people-picker-words", HTMLElement).focus();
  }

  /** @param {Picked} person */
  #add({ login, name }) {
    const chip = clone("picked-template");
    const button = within(chip, "button");
    setText(within(chip, ".picked__name"), name);
    button.setAttribute("aria-label", `Take ${name} out`);
    button.addEventListener("click", () => this.#drop(login, chip));
    this.#picked.set(login, { login, name });
    this.#list.append(chip);
  }

  /**
   * @param {string} login
   * @param {HTMLElement} chip
   */
  #drop(login, chip) {
    this.#picked.delete(login);
    chip.remove();
    this.#choices.begin(this.#choices.words); // who may be among them again
    this.#keep();
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
