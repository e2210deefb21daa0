/**
 * The rooms with their unread counts, and oneself with the state of the connection; the title of the window follows.
 *
 * @import {State} from './types.js'
 */

import { byId, setText } from "./dom.js";
import { unread } from "./room.js";
import { isUpToDate } from "./state.js";

const MOST_SHOWN = 999;

export class Sidebar {
  #status = byId("status", HTMLElement);
  #unread = byId("unread", HTMLElement);

  /** @param {State} state */
  render(state) {
    const count = unread(state.rooms[state.open]);
    setText(this.#status, ` · ${statusOf(state)}`);
    this.#unread.hidden = count === 0;
    setText(this.#unread, count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count));
    this.#unread.setAttribute("aria-label", `${count} unread`);
  }
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
 */
export function titleOf({ open, rooms }) {
  const count = unread(rooms[open]);
  return `${count > 0 ? `(${count}) ` : ""}${rooms[open].name} · Parley`;
}
