/**
 * What can be read from a state.
 *
 * @import {State} from './types.js'
 */

import { isBehind } from "./room.js";

/**
 * Nothing is missing, provably.
 *
 * @param {State} state
 */
export function isUpToDate(state) {
  return state.connection.phase === "open" && state.rooms[state.open].phase === "live";
}

/**
 * Nothing goes out: the browser says that there is no network, or it has been so for long.
 *
 * @param {State} state
 */
export function isCutOff({ connection }) {
  return connection.phase !== "open" && (connection.offline || connection.overdue);
}

/**
 * The cursors to resume from: all of them, or those of the rooms that `headRevs` shows to be behind.
 *
 * @param {State} state
 * @param {Record<string, number>} [headRevs]
 */
export function position(state, headRevs) {
  const rooms = Object.values(state.rooms).filter((room) => !headRevs || isBehind(room, headRevs));
  return { epoch: state.epoch, rooms: Object.fromEntries(rooms.map((room) => [room.id, room.cursor])) };
}
