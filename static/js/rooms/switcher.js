/**
 * Jumps to a room or a person by a few letters of the name (Ctrl/⌘ K). What begins so comes first, rooms and people
 * alike; then what is unread.
 *
 * @import {Person, Room, State} from '../state/types.js'
 * @import {Ask} from '../sync/api.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { Asking } from "../lib/asking.js";
import { badges, calling } from "../state/badges.js";
import { byId, clone, setText, within } from "../lib/dom.js";
import { begins, fitting } from "../lib/fuzzy.js";
import { onPress } from "../lib/keyboard.js";
import { others, titleOf } from "../state/room.js";

const MOST_SHOWN = 20;

/** What comes first among names that fit alike. */
const WEIGHT = { unread: 0, usual: 1, open: 2, archived: 3 };

/**
 * @typedef {object} Choice
 * @property {string[]} texts by which it is found
 * @property {number} weight
 * @property {HTMLElement} element
 */

export class Switcher {
  #dialog = byId("switcher", HTMLDialogElement);
  #input = byId("switcher-text", HTMLInputElement);
  #list = byId("switcher-list", HTMLElement);
  #none = byId("switcher-none", HTMLElement);
  #nobody = this.#none.textContent ?? "";
  #state;
  #ask;
  #at = 0;
  /** The best one begins so: no answer could bring a better one. */
  #isSure = false;
  /** @type {Person[]} whom the server has found */
  #people = [];
  #asking = new Asking(() => this.#find(), (people) => ((this.#people = people), this.#show()));

  /**
   * @param {() => State} state
   * @param {Ask} ask
   * @param {AbortSignal} signal
   */
  constructor(state, ask, signal) {
    this.#state = state;
    this.#ask = ask;
    byId("switcher-open", HTMLElement).addEventListener("click", () => this.open(), { signal });
    this.#input.addEventListener("input", () => this.#typed(), { signal });
    onPress(this.#input, (press) => this.#actionOf(press), { signal });
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close(), { signal });
  }

  open() {
    if (this.#dialog.open) return;
    this.#input.value = "";
    this.#typed();
    this.#dialog.showModal();
  }

  get #words() {
    return this.#input.value.trim();
  }

  #typed() {
    this.#at = 0;
    if (this.#words === "") this.#asking.stop();
    else this.#asking.soon();
    this.#show();
  }

  /** @returns {Promise<Person[]>} */
  async #find() {
    const path = `/api/people?q=${encodeURIComponent(this.#words)}`;
    const { people } = await this.#ask("GET", path).catch(() => ({ people: [] }));
    return people;
  }

  /** What was chosen with the arrows stays chosen. */
  #show() {
    const chosen = this.#at > 0 ? this.#list.children[this.#at]?.id : "";
    const choices = this.#words === "" ? this.#rooms() : [...this.#rooms(), ...this.#persons()];
    const shown = fitting(this.#words, choices, ({ texts }) => texts, ({ weight }) => weight).slice(0, MOST_SHOWN);
    this.#isSure = shown.length > 0 && begins(this.#words, shown[0].texts);
    this.#list.replaceChildren(...shown.map(({ element }) => element));
    setText(this.#none, this.#nobody);
    this.#none.hidden = shown.length > 0 || this.#asking.isWaiting;
    this.#mark(Math.max(0, shown.findIndex(({ element }) => element.id === chosen)));
  }

  /** @returns {Choice[]} */
  #rooms() {
    const { me, open, rooms } = this.#state();
    const each = Object.values(rooms);
    const choices = each.map((room) => ({ room, title: titleOf(room, me), weight: weightOf(room, open) }));
    const ordered = choices.sort((one, other) => one.weight - other.weight || one.title.localeCompare(other.title));
    return ordered.map(({ room, title, weight }) => ({ weight, texts: [title], element: roomOption(room, title) }));
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
    const element = option(`switcher-person-${id}`, `/people/${encodeURIComponent(login)}`, name, `@${login}`);
    element.addEventListener("click", (event) => (event.preventDefault(), this.#talk(login)));
    return element;
  }

  /** @param {string} login */
  async #talk(login) {
    try {
      const { room } = await this.#ask("POST", "/api/directs", { logins: [login] });
      location.assign(`/rooms/${room.id}`);
    } catch (error) {
      this.#none.hidden = false;
      setText(this.#none, error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {number} at */
  #mark(at) {
    const options = [...this.#list.children];
    this.#at = options.length > 0 ? (at + options.length) % options.length : 0;
    options.forEach((each, index) => each.setAttribute("aria-selected", String(index === this.#at)));
    options[this.#at]?.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", options[this.#at]?.id ?? "");
  }

  /** @param {Press} press */
  #actionOf({ key }) {
    if (key === "ArrowDown") return () => this.#mark(this.#at + 1);
    if (key === "ArrowUp") return () => this.#mark(this.#at - 1);
    if (key === "Enter") return () => this.#enter();
    return undefined;
  }

  /** Opens what is chosen. Whoever is quicker than the answer gets the best of all, not of what was there so far. */
  async #enter() {
    const words = this.#words;
    if (!this.#isSure && this.#at === 0) await this.#asking.shown();
    const choice = this.#list.children[this.#at];
    if (words === this.#words && this.#dialog.open && choice instanceof HTMLElement) choice.click();
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
 * @param {Room} room
 * @param {string} title
 */
function roomOption(room, title) {
  const { mentions, unread } = badges(room);
  const note = room.archived ? "archived" : unread > 0 ? `${unread} unread` : mentions > 0 ? `@${mentions}` : "";
  return option(`switcher-room-${room.id}`, `/rooms/${room.id}`, title, note);
}

/**
 * @param {string} id
 * @param {string} href
 * @param {string} name
 * @param {string} note
 */
function option(id, href, name, note) {
  const element = clone("switcher-template");
  element.id = id;
  element.setAttribute("href", href);
  setText(within(element, ".switcher__name"), name);
  setText(within(element, ".switcher__unread"), note);
  return element;
}
