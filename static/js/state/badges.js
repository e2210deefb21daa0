/**
 * What of a room's unread messages its reader wants to see, by its level.
 *
 * @import {Room, State} from './types.js'
 */

import { unread } from "./room.js";

/**
 * What stands beside the name of a room: how many messages are unread, and how many mentions of oneself, where its
 * reader wants to see them.
 *
 * @param {Room} room
 */
export function badges(room) {
  return { unread: room.level === "all" ? unread(room) : 0, mentions: room.calls.length };
}

/**
 * How much of a room calls for its reader wherever they are: nothing of one that is muted.
 *
 * @param {Room} room
 */
export function calling(room) {
  const { mentions, unread } = badges(room);
  return room.level === "muted" || room.archived ? 0 : unread || mentions;
}

/**
 * How many messages of all rooms call for the reader.
 *
 * @param {Pick<State, 'rooms'>} state
 */
export function callingIn({ rooms }) {
  return Object.values(rooms).reduce((sum, room) => sum + calling(room), 0);
}
