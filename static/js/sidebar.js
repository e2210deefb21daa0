/**
 * The rooms with their unread counts, and oneself with the state of the connection; the title of the window follows.
 *
 * @import {Room, State} from './types.js'
 */

import { byId, clone, setText, within } from "./dom.js";
import { unread } from "./room.js";
import { isUpToDate } from "./state.js";

const MOST_SHOWN = 999;

export class Sidebar {
  #status = byId("status", HTMLElement);
  #list = byId("rooms", HTMLElement);
  /** @type {Map<number, HTMLElement>} */
  #links;

  constructor() {
    const elements = /** @type {NodeListOf<HTMLElement>} */ (this.#list.querySelectorAll("[data-room-id]"));
    this.#links = new Map(Array.from(elements, (element) => [Number(element.dataset.roomId), element]));
  }

  /** @param {State} state */
  render(state) {
    setText(this.#status, ` · ${statusOf(state)}`);
    for (const room of Object.values(state.rooms)) fillLink(this.#link(room.id), room);
  }

  /** @param {number} id */
  #link(id) {
    const element = this.#links.get(id) ?? clone("room-template");
    if (!element.isConnected) this.#list.append(element);
    this.#links.set(id, element);
    return element;
  }
}

/**
 * @param {HTMLElement} element
 * @param {Room} room
 */
function fillLink(element, room) {
  const count = unread(room);
  const badge = within(element, ".rooms__unread");
  element.dataset.roomId = String(room.id);
  within(element, "a").setAttribute("href", `/rooms/${room.id}`);
  setText(within(element, ".rooms__name"), room.name);
  badge.hidden = count === 0;
  setText(badge, count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count));
  badge.setAttribute("aria-label", `${count} unread`);
  fillMentions(within(element, ".rooms__mentions"), count > 0 ? room.mentions : 0);
}

/**
 * @param {HTMLElement} badge
 * @param {number} count
 */
function fillMentions(badge, count) {
  badge.hidden = count === 0;
  setText(badge, `@${count}`);
  badge.setAttribute("aria-label", `${count} ${count === 1 ? "mentions" : "mention"} you`);
}

/** @param {State} state */
export function statusOf(state) {
  if (isUpToDate(state)) return "up to date";
  return state.connection.overdue ? "offline" : "connecting…";
}

/**
 * How many messages are unread in all rooms.
 *
 * @param {Pick<State, 'rooms'>} state
 */
export function unreadIn({ rooms }) {
  return Object.values(rooms).reduce((sum, room) => sum + unread(room), 0);
}

/**
 * The title of the window, for a page that nobody looks at too.
 *
 * @param {State} state
 * @param {string} brand what this chat is called
 */
export function titleOf({ open, rooms }, brand) {
  const count = unreadIn({ rooms });
  return `${count > 0 ? `(${count}) ` : ""}${rooms[open].name} · ${brand}`;
}
