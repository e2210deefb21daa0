/**
 * Jumps to a room or a person by a few letters of the name (Ctrl/⌘ K): what is unread comes first, people last.
 *
 * @import {Person, Room, State} from './types.js'
 * @import {Press} from './keyboard.js'
 */

import { badges, calling } from "./badges.js";
import { byId, clone, setText, within } from "./dom.js";
import { fitting } from "./fuzzy.js";
import { onPress } from "./keyboard.js";
import { titleOf } from "./room.js";
import { ask } from "./rooms-api.js";

const MOST_SHOWN = 20;
const PAUSE_MS = 150;

export class Switcher {
  #dialog = byId("switcher", HTMLDialogElement);
  #input = byId("switcher-text", HTMLInputElement);
  #list = byId("switcher-list", HTMLElement);
  #state;
  #at = 0;
  #asked = 0;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {() => State} state
   * @param {AbortSignal} signal
   */
  constructor(state, signal) {
    this.#state = state;
    byId("switcher-open", HTMLElement).addEventListener("click", () => this.open(), { signal });
    this.#input.addEventListener("input", () => this.#show(), { signal });
    onPress(this.#input, (press) => this.#actionOf(press), { signal });
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close(), { signal });
  }

  open() {
    if (this.#dialog.open) return;
    this.#input.value = "";
    this.#show();
    this.#dialog.showModal();
  }

  #show() {
    const rooms = fitting(this.#input.value, inOrder(this.#state()), (room) => titleOf(room, this.#state().me)).slice(0, MOST_SHOWN);
    this.#list.replaceChildren(...rooms.map((room) => option(room, this.#state().me)));
    byId("switcher-none", HTMLElement).hidden = rooms.length > 0;
    this.#mark(0);
    const asked = ++this.#asked;
    clearTimeout(this.#timer);
    if (this.#input.value.trim() !== "") this.#timer = setTimeout(() => this.#addPeople(asked), PAUSE_MS);
  }

  /** @param {number} asked the number of this question: only the answer to the last one counts */
  async #addPeople(asked) {
    const { people } = await ask("GET", `/api/people?q=${encodeURIComponent(this.#input.value.trim())}`).catch(() => ({ people: [] }));
    if (asked !== this.#asked || people.length === 0) return;
    this.#list.append(...people.map((/** @type {Person} */ person) => this.#personOption(person)));
    byId("switcher-none", HTMLElement).hidden = true;
    this.#mark(this.#at);
  }

  /** @param {Person} person */
  #personOption({ id, login, name }) {
    const element = clone("switcher-template");
    const link = within(element, "a");
    element.id = `switcher-person-${id}`;
    link.setAttribute("href", `/people/${encodeURIComponent(login)}`);
    link.addEventListener("click", (event) => (event.preventDefault(), this.#talk(login)));
    setText(within(element, ".switcher__name"), name);
    setText(within(element, ".switcher__unread"), `@${login}`);
    return element;
  }

  /** @param {string} login */
  async #talk(login) {
    const none = byId("switcher-none", HTMLElement);
    try {
      const { room } = await ask("POST", "/api/directs", { logins: [login] });
      location.assign(`/rooms/${room.id}`);
    } catch (error) {
      none.hidden = false;
      setText(none, error instanceof Error ? error.message : String(error));
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
    if (key === "Enter") return () => this.#list.children[this.#at]?.querySelector("a")?.click();
    return undefined;
  }
}

/**
 * The rooms, unread first, the open one and then the archived ones last.
 *
 * @param {State} state
 */
function inOrder({ me, open, rooms }) {
  const weight = (/** @type {Room} */ room) => (room.archived ? 3 : room.id === open ? 2 : calling(room) > 0 ? 0 : 1);
  return Object.values(rooms).sort((one, other) => weight(one) - weight(other) || titleOf(one, me).localeCompare(titleOf(other, me)));
}

/**
 * @param {Room} room
 * @param {Person} me
 */
function option(room, me) {
  const element = clone("switcher-template");
  element.id = `switcher-room-${room.id}`;
  within(element, "a").setAttribute("href", `/rooms/${room.id}`);
  setText(within(element, ".switcher__name"), titleOf(room, me));
  setText(within(element, ".switcher__unread"), told(room));
  return element;
}

/** @param {Room} room */
function told(room) {
  const { mentions, unread } = badges(room);
  if (room.archived) return "archived";
  return unread > 0 ? `${unread} unread` : mentions > 0 ? `@${mentions}` : "";
}
