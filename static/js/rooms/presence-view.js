/**
 * Who is here, and who is typing.
 *
 * @import {Person, State} from '../state/types.js'
 */

import { byId, clone, sentence, setSentence, setText, within } from "../lib/dom.js";
import { fillAvatar, loginLine, profilePath } from "../lib/avatar.js";

const FACES = 3;

export class PresenceView {
  #button = byId("presence", HTMLButtonElement);
  #list = within(byId("people", HTMLElement), ".people__list");
  #typing = byId("typing", HTMLElement);
  /** @type {Person[]} */
  #shown = [];
  #room = 0;

  /** @param {State} state */
  render({ open, rooms }) {
    const { people, typing } = rooms[open];
    // empty is "not said yet", as whoever looks at this page is here
    if (people !== this.#shown && (people.length > 0 || open !== this.#room)) this.#show(people);
    this.#room = open;
    setSentence(this.#typing, typingSentence(typing.map(({ user }) => user.name)));
  }

  /** @param {Person[]} people */
  #show(people) {
    this.#shown = people;
    this.#button.hidden = people.length === 0;
    setText(within(this.#button, ".presence__count"), `${people.length} here`);
    const faces = people.slice(0, FACES).map((person) => within(row(person), ".avatar"));
    within(this.#button, ".presence__faces").replaceChildren(...faces);
    this.#list.replaceChildren(...people.map(row));
  }
}

/** @param {string[]} names */
export function typingSentence(names) {
  if (names.length === 0) return [];
  if (names.length === 1) return sentence`${names[0]} is typing…`;
  return names.length === 2 ? sentence`${names[0]} and ${names[1]} are typing…` : sentence`Several people are typing…`;
}

/** @param {Person} person */
function row(person) {
  const element = clone("person-template");
  fillAvatar(within(element, ".avatar"), person);
  within(element, ".people__link").setAttribute("href", profilePath(person));
  setText(within(element, ".people__name"), person.name);
  setText(within(element, ".people__login"), loginLine(person));
  return element;
}
