/**
 * While one writes `@`, the members of the room whose name begins so: a list to choose from with the keyboard or a
 * pointer. The text keeps the focus.
 *
 * @import {Person} from '../state/types.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { Asking } from "../lib/asking.js";
import { byId, clone, setText, within } from "../lib/dom.js";
import { callBefore, called, edit } from "./text-edits.js";
import { onPress } from "../lib/keyboard.js";
import { fillAvatar, loginLine } from "../lib/avatar.js";

const PAUSE_MS = 120;

export class Completion {
  #asking;
  #text = byId("text", HTMLTextAreaElement);
  #list = byId("completion", HTMLElement);
  /** @type {Person[]} */
  #people = [];
  #chosen = 0;
  #dismissedAt = -1;

  /**
   * @param {(begin: string) => Promise<Person[]>} find
   * @param {AbortSignal} signal
   */
  constructor(find, signal) {
    this.#asking = new Asking(() => this.#find(find), (found) => this.#found(found), PAUSE_MS);
    this.#text.addEventListener("input", () => this.#typed(), { signal });
    // first, as for the composer Enter is to send
    onPress(this.#text, (press) => this.#actionOf(press), { signal, first: true });
    this.#text.addEventListener("blur", () => this.close(), { signal });
    this.#text.addEventListener("click", () => this.#typed(), { signal });
    this.#list.addEventListener("pointerdown", (event) => this.#pointed(event), { signal });
  }

  get #call() {
    const { selectionEnd, selectionStart, value } = this.#text;
    return selectionStart === selectionEnd ? callBefore(value, selectionStart) : null;
  }

  #typed() {
    const call = this.#call;
    if (!call) this.#dismissedAt = -1;
    if (!call || call.from === this.#dismissedAt) return this.close();
    this.#asking.soon();
  }

  /** @param {(begin: string) => Promise<Person[]>} find */
  async #find(find) {
    const begin = this.#call?.begin ?? "";
    return { begin, people: await find(begin).catch(() => []) };
  }

  /** @param {{begin: string, people: Person[]}} answer */
  #found({ begin, people }) {
    if (begin === this.#call?.begin) this.#show(people);
  }

  /** @param {Person[]} people */
  #show(people) {
    this.#people = people;
    this.#list.replaceChildren(...people.map(option));
    this.#list.hidden = people.length === 0;
    if (people.length > 0) this.#choose(0);
    else this.close();
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = (index + this.#people.length) % this.#people.length;
    const options = [...this.#list.children];
    options.forEach((each, at) => each.setAttribute("aria-selected", String(at === this.#chosen)));
    this.#text.setAttribute("aria-activedescendant", options[this.#chosen].id);
    options[this.#chosen].scrollIntoView({ block: "nearest" });
  }

  close() {
    this.#asking.stop();
    this.#people = [];
    this.#list.hidden = true;
    this.#text.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  #take(index) {
    const call = this.#call;
    const person = this.#people[index];
    if (call && person) edit(this.#text, called(this.#text.value, call, person.login));
    this.close();
  }

  /**
   * @param {Press} press
   * @returns {(() => void) | undefined}
   */
  #actionOf({ alt, command, key, shift }) {
    if (this.#list.hidden || alt || command || shift) return undefined;
    if (key === "ArrowDown") return () => this.#choose(this.#chosen + 1);
    if (key === "ArrowUp") return () => this.#choose(this.#chosen - 1);
    if (key === "Enter" || key === "Tab") return () => this.#take(this.#chosen);
    if (key === "Escape") return () => this.#dismiss();
    return undefined;
  }

  /** Until somebody else is called. */
  #dismiss() {
    this.#dismissedAt = this.#call?.from ?? -1;
    this.close();
  }

  /** @param {PointerEvent} event */
  #pointed(event) {
    event.preventDefault();
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option) this.#take(Array.from(this.#list.children).indexOf(option));
  }
}

/**
 * @param {Person} person
 * @param {number} index
 */
function option(person, index) {
  const element = clone("option-template");
  element.id = `completion-${index}`;
  fillAvatar(within(element, ".avatar"), person);
  setText(within(element, ".completion__name"), person.name);
  setText(within(element, ".completion__login"), `@${loginLine(person)}`);
  return element;
}
