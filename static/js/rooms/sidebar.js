/**
 * The rooms with their unread counts, and oneself with the state of the connection; the title of the window follows.
 *
 * @import {Room, State} from '../state/types.js'
 */

import { badges, callingIn } from "../state/badges.js";
import { byId, clone, setText, within } from "../lib/dom.js";
import { fillAvatar } from "../lib/avatar.js";
import { others, titleOf } from "../state/room.js";
import { isUpToDate } from "../state/selectors.js";

const MOST_SHOWN = 999;
const collator = new Intl.Collator("en", { numeric: true });

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
    const isRenamed = Object.values(state.rooms).map((room) => fillLink(this.#link(room), room, state));
    if (isRenamed.includes(true)) this.#order();
    this.#isGreeted ||= state.connection.phase === "open";
    if (this.#isGreeted) this.#forget(state); // until then the state has the open room alone
  }

  /** @param {Room} room */
  #link({ id, kind }) {
    const element = this.#links.get(id) ?? clone(kind === "direct" ? "direct-template" : "room-template");
    if (!element.isConnected) (kind === "direct" ? this.#lists.directs : this.#lists.rooms).append(element);
    this.#links.set(id, element);
    return element;
  }

  /** By name, as the server writes them; only what is out of order moves, as what moves loses the focus. */
  #order() {
    for (const list of Object.values(this.#lists)) {
      const wanted = [...list.children].sort((one, other) => collator.compare(nameIn(one), nameIn(other)));
      for (const [index, element] of wanted.entries()) {
        if (list.children[index] !== element) list.insertBefore(element, list.children[index]);
      }
    }
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

/** @param {Element} element of a list */
function nameIn(element) {
  return within(element, ".rooms__name").textContent ?? "";
}

/**
 * Returns whether it has another name now.
 *
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
  const link = within(element, "a");
  link.setAttribute("href", `/rooms/${room.id}`);
  const current = room.id === open ? "page" : null;
  if (link.ariaCurrent !== current) link.ariaCurrent = current;
  const before = nameIn(element);
  setText(within(element, ".rooms__name"), titleOf(room, me));
  badge.hidden = unread === 0;
  setText(badge, unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread));
  badge.setAttribute("aria-label", `${unread} unread`);
  fillMentions(within(element, ".rooms__mentions"), mentions);
  return nameIn(element) !== before;
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
