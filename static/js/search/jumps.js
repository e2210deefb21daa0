/**
 * Rooms and people that what is typed leads to. What begins so comes first, rooms and people alike; then what is unread.
 *
 * @import {Person, Room, State} from '../state/types.js'
 * @import {Ask, Go} from '../sync/api.js'
 */

import { Asking } from "../lib/asking.js";
import { begins, fitting } from "../lib/fuzzy.js";
import { badges, calling } from "../state/badges.js";
import { others, titleOf } from "../state/room.js";
import { option } from "./listbox.js";

/** What comes first among names that fit alike. */
const WEIGHT = { unread: 0, usual: 1, open: 2, archived: 3 };

/**
 * @typedef {object} Choice
 * @property {string[]} texts by which it is found
 * @property {number} weight
 * @property {HTMLElement} element
 *
 * @typedef {object} JumpActions
 * @property {() => void} show there is something new to show
 * @property {(sentence: string) => void} refused
 * @property {Go} go
 */

export class Jumps {
  #state;
  #ask;
  #actions;
  #words = "";
  /** @type {Choice[]} */
  #shown = [];
  /** @type {Person[]} whom the server has found */
  #people = [];
  #asking = new Asking(() => this.#find(), (people) => ((this.#people = people), this.#actions.show()));

  /**
   * @param {() => State} state
   * @param {Ask} ask
   * @param {JumpActions} actions
   */
  constructor(state, ask, actions) {
    this.#state = state;
    this.#ask = ask;
    this.#actions = actions;
  }

  get isWaiting() {
    return this.#asking.isWaiting;
  }

  /** Something fits. */
  get isAny() {
    return this.#shown.length > 0;
  }

  /** The best one begins so: no answer could bring a better one. */
  get isSure() {
    return this.isAny && begins(this.#words, this.#shown[0].texts);
  }

  /**
   * What is asked for from now on.
   *
   * @param {string} words
   * @param {boolean} [evenAll] also where nothing is typed
   */
  ask(words, evenAll = false) {
    this.#words = words;
    if (words !== "" || evenAll) this.#asking.soon();
    else this.#asking.stop();
  }

  /** Once the answer is shown. */
  shown() {
    return this.#asking.shown();
  }

  /**
   * @param {number} most 0: nothing is looked for
   * @returns {HTMLElement[]}
   */
  options(most) {
    const choices = this.#words === "" ? this.#rooms() : [...this.#rooms(), ...this.#persons()];
    this.#shown = fitting(this.#words, choices, ({ texts }) => texts, ({ weight }) => weight).slice(0, most);
    return this.#shown.map(({ element }) => element);
  }

  /** Whom the server has found and who is seen here, but oneself. */
  get people() {
    const { me, rooms } = this.#state();
    const seen = Object.values(rooms).flatMap(({ members, people }) => [...people, ...members]);
    const known = new Map([...seen, ...this.#people].map((person) => [person.id, person]));
    known.delete(me.id);
    return [...known.values()];
  }

  /** @returns {Promise<Person[]>} */
  async #find() {
    const path = `/api/people?q=${encodeURIComponent(this.#words)}`;
    const { people } = await this.#ask("GET", path).catch(() => ({ people: [] }));
    return people;
  }

  /** @returns {Choice[]} */
  #rooms() {
    const { me, open, rooms } = this.#state();
    const each = Object.values(rooms);
    const choices = each.map((room) => ({ room, title: titleOf(room, me), weight: weightOf(room, open) }));
    const ordered = choices.sort((one, other) => one.weight - other.weight || one.title.localeCompare(other.title));
    return ordered.map(({ room, title, weight }) => {
      return { weight, texts: [title, ...loginsIn(room, me)], element: roomOption(room, title) };
    });
  }

  /** Those with whom there is no conversation yet: it stands among the rooms.
   * @returns {Choice[]} */
  #persons() {
    const { me, rooms } = this.#state();
    const directs = Object.values(rooms).map(({ members }) => others(members, me)).filter(({ length }) => length === 1);
    const talked = new Set(directs.map(([person]) => person.id));
    const news = this.#people.filter(({ id }) => !talked.has(id));
    return news.map((person) => {
      return { weight: WEIGHT.usual, texts: [person.name, person.login], element: this.#personOption(person) };
    });
  }

  /** @param {Person} person */
  #personOption({ id, login, name }) {
    const element = option(`search-person-${id}`, { name, note: `@${login}`, href: `/people/${encodeURIComponent(login)}` });
    element.addEventListener("click", (event) => (event.preventDefault(), this.#talk(login)));
    return element;
  }

  /** @param {string} login */
  async #talk(login) {
    try {
      this.#actions.go(await this.#ask("POST", "/api/directs", { logins: [login] }));
    } catch (error) {
      this.#actions.refused(error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * @param {Room} room
 * @param {number} open
 */
function weightOf(room, open) {
  if (room.archived) return WEIGHT.archived;
  if (room.id === open) return WEIGHT.open;
  return calling(room) > 0 ? WEIGHT.unread : WEIGHT.usual;
}

/**
 * By which a direct conversation is found, as its people are.
 *
 * @param {Room} room
 * @param {Person} me
 */
function loginsIn({ kind, members }, me) {
  return kind === "direct" ? others(members, me).map(({ login }) => login) : [];
}

/**
 * @param {Room} room
 * @param {string} title
 */
function roomOption(room, title) {
  const { mentions, unread } = badges(room);
  const note = room.archived ? "archived" : unread > 0 ? `${unread} unread` : mentions > 0 ? `@${mentions}` : "";
  return option(`search-room-${room.id}`, { name: title, note, href: `/rooms/${room.id}` });
}
