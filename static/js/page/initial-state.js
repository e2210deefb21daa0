/**
 * What the page arrived with: the server wrote it into one JSON text, and the messages as the reader sees them.
 *
 * @import {State} from '../state/types.js'
 */

import { byId } from "../lib/dom.js";
import { emptyRoom } from "../state/room.js";
import { asArrival } from "../sync/protocol.js";
import { readMessage } from "../timeline/message-view.js";

/**
 * The state, the seq of the message that the address names (0: none), and what requests need to be let through.
 *
 * @param {number} now milliseconds
 */
export function arrived(now) {
  const arrival = asArrival(JSON.parse(byId("state", HTMLScriptElement).text));
  const elements = /** @type {NodeListOf<HTMLElement>} */ (byId("log", HTMLElement).querySelectorAll(".message"));
  const messages = Array.from(elements, readMessage);
  const room = { ...emptyRoom(arrival.room), messages, atStart: !arrival.has_older, atEnd: !arrival.has_newer };
  room.lastSeq = Math.max(room.lastSeq, messages.at(-1)?.seq ?? 0);
  /** @type {State} */
  const state = {
    ...{ me: arrival.user, isAdmin: arrival.is_admin, textLimit: arrival.limits.text },
    ...{ open: room.id, rooms: { [room.id]: room }, epoch: arrival.epoch, serverEpoch: arrival.epoch },
    ...{ pending: [], sent: [], durable: true, attending: false },
    connection: { phase: "connecting", lostAt: now, overdue: false, code: 0, offline: false },
  };
  return { state, marked: arrival.marked, csrfToken: arrival.csrf_token };
}
