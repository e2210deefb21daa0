/**
 * What a page makes of all that it received: lists of actions come in, each beginning with hello; for each goes out what
 * the page then shows of the Lobby. Run by tests/rooms/test_snapshot.py.
 */

import { readFileSync } from "node:fs";

import { badges, calling } from "../../static/js/state/badges.js";
import { decode } from "../../static/js/sync/protocol.js";
import { reduce } from "../../static/js/state/reducer.js";
import { emptyRoom, unread } from "../../static/js/state/room.js";

const LOBBY = 1;

/** @param {any[]} received */
function shown(received) {
  const actions = received.flatMap((event) => decode(JSON.stringify(event)));
  const { epoch, rooms, user } = /** @type {any} */ (actions[0]);
  const room = emptyRoom(rooms.find((/** @type {any} */ each) => each.id === LOBBY));
  const page = { me: user, isAdmin: false, open: LOBBY, epoch, serverEpoch: epoch, textLimit: 4_000, rooms: { [LOBBY]: room } };
  const idle = /** @type {const} */ ({ phase: "open", lostAt: null, overdue: false, code: 0 });
  const start = { ...page, pending: [], sent: [], durable: true, attending: false, connection: idle };
  const { [LOBBY]: lobby } = actions.reduce((state, action) => reduce(state, action, 0), start).rooms;
  const calls = lobby.calls.toSorted((one, other) => one - other);
  return { unread: unread(lobby), calls, level: lobby.level, ...badges(lobby), calling: calling(lobby) };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(shown)));
