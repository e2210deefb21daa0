/**
 * What of a state is kept for when there is no network, and a state of that again. Pure.
 *
 * @import {Person, Room, State} from '../state/types.js'
 *
 * @typedef {{at: number, me: Person, open: number, rooms: Room[], brand: string, sheet: string}} KeptList `at`: when, in
 *   milliseconds; `brand`: what the chat is called; `sheet`: the styles that fold what people wrote whom one blocked
 * @typedef {{at: number, room: Room}} KeptRoom
 */

const MOST_MESSAGES = 50;

export const LIST = "list";
/** @param {number} id */
export const pathOfRoom = (id) => `rooms/${id}`;

/**
 * The room without what only an open page needs.
 *
 * @param {Room} room
 * @returns {Room}
 */
function bare(room) {
  return { ...room, held: [], people: [], typing: [], messages: [], loading: { older: "idle", newer: "idle", all: "idle" } };
}

/**
 * @param {Room} room
 * @returns {Room}
 */
function shortened(room) {
  const messages = room.messages.slice(-MOST_MESSAGES);
  return { ...bare(room), messages, atStart: room.atStart && messages.length === room.messages.length };
}

/**
 * The entries to write, by their paths: the list of rooms, and each room whose messages are here and were not before.
 *
 * @param {State} state
 * @param {Record<number, Room>} before the rooms as they were written last
 * @param {Pick<KeptList, 'at' | 'brand' | 'sheet'>} facts
 * @returns {Record<string, KeptList | KeptRoom>}
 */
export function entriesOf({ me, open, rooms }, before, facts) {
  const all = Object.values(rooms);
  const shown = all.filter((room) => room.messages.length > 0 && (room.id === open || room !== before[room.id]));
  return {
    [LIST]: { ...facts, me, open, rooms: all.map(bare) },
    ...Object.fromEntries(shown.map((room) => [pathOfRoom(room.id), { at: facts.at, room: shortened(room) }])),
  };
}

/**
 * Whether what is kept at a path may stay: of a room that one is no longer in, nothing may.
 *
 * @param {State} state
 * @param {string} path
 */
export function mayStay({ rooms }, path) {
  return path === LIST || Object.values(rooms).some(({ id }) => pathOfRoom(id) === path);
}

/**
 * @param {KeptList} list
 * @param {KeptRoom | null} kept the room to show; null: it has none
 * @param {number} open
 * @returns {State}
 */
export function stateOf({ me, rooms, at }, kept, open) {
  const byId = Object.fromEntries(rooms.map((room) => [room.id, room]));
  return {
    ...{ me, isAdmin: false, textLimit: 0, open, rooms: kept ? { ...byId, [open]: kept.room } : byId },
    ...{ epoch: "", serverEpoch: "", pending: [], sent: [], durable: true, attending: false },
    connection: { phase: "waiting", lostAt: at, overdue: true, code: 0, offline: true },
  };
}
