/**
 * The rooms with their unread counts, and oneself with the state of the connection; the title of the window follows.
 *
 * @import {Room, State} from './types.js'
 */

import { badges, callingIn } from "./badges.js";
import { byId, clone, setText, within } from "./dom.js";
import { fillAvatar } from "./message-view.js";
import { others, titleOf } from "./room.js";
import { isUpToDate } from "./state.js";

const MOST_SHOWN = 999;

export class Sidebar {
  #status = byId("status", HTMLElement);
  #lists = { rooms: byId("rooms", HTMLElement), directs: byId("directs", HTMLElement) };
  /** @type {Map<number, HTMLElement>} */
  #links = new Map();
  #isGreeted = false;

  constructor() {
    for (const list of Object.values(this.#lists)) {
      const elements = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[data-room-id]"));
      for (const element of elements) this.#links.set(Number(element.dataset.roomId), element);
    }
  }

  /** @param {State} state */
  render(state) {
    setText(this.#status, ` · ${statusOf(state)}`);
    for (const room of Object.values(state.rooms)) fillLink(this.#link(room), room, state);
    this.#isGreeted ||= state.connection.phase === "open";
    if (this.#isGreeted) this.#forget(state); // until then the state knows the open room alone
  }

  /** @param {Room} room */
  #link({ id, kind }) {
    const element = this.#links.get(id) ?? clone(kind === "direct" ? "direct-template" : "room-template");
    if (!element.isConnected) this.#insert(kind === "direct" ? this.#lists.directs : this.#lists.rooms, element, id);
    this.#links.set(id, element);
    return element;
  }

  /**
   * In the order of the ids, as the server writes them.
   *
   * @param {HTMLElement} list
   * @param {HTMLElement} element
   * @param {number} id
   */
  #insert(list, element, id) {
    const next = Array.from(list.children).find((each) => each instanceof HTMLElement && Number(each.dataset.roomId) > id);
    list.insertBefore(element, next ?? null);
  }

  /** @param {State} state */
  #forget({ rooms }) {
    for (const [id, element] of this.#links) {
      if (rooms[id]) continue;
      element.remove();
      this.#links.delete(id);
    }
  }
}

/**
 * @param {HTMLElement} element
 * @param {Room} room
 * @param {State} state
 */
function fillLink(element, room, { me, open }) {
  const { mentions, unread } = badges(room);
  const [face] = others(room.members, me);
  const avatar = element.querySelector(".avatar");
  if (avatar instanceof HTMLElement && face) fillAvatar(avatar, face);
  element.hidden = room.archived && room.id !== open;
  element.dataset.kind = room.kind;
  element.dataset.level = room.level;
  const badge = within(element, ".rooms__unread");
  element.dataset.roomId = String(room.id);
  within(element, "a").setAttribute("href", `/rooms/${room.id}`);
  setText(within(element, ".rooms__name"), titleOf(room, me));
  badge.hidden = unread === 0;
  setText(badge, unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread));
  badge.setAttribute("aria-label", `${unread} unread`);
  fillMentions(within(element, ".rooms__mentions"), mentions);
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
 * The title of the window, for a page that nobody looks at too.
 *
 * @param {State} state
 * @param {string} brand what this chat is called
 */
export function windowTitle({ me, open, rooms }, brand) {
  const count = callingIn({ rooms });
  return `${count > 0 ? `(${count}) ` : ""}${titleOf(rooms[open], me)} · ${brand}`;
}
