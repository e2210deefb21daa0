/**
 * How the state of the page changes. Pure, and applying the same event again changes nothing.
 *
 * @import {Action, ConnectionChanged, Heads, Hello, MessageEvent, OutboxChanged, Preference, Room, State} from './types.js'
 */

import { peopled, settledTyping, typed } from "./company.js";
import { fetchFailed, fetching, pageLoaded } from "./history-pages.js";
import { received } from "./receiving.js";
import { isPreference, preferencesOf } from "./preferences.js";
import { caughtUp, disconnected, emptied, greeted, isBehind, isCalled, listed, read, turned } from "./room.js";
import { isUpToDate } from "./selectors.js";
import { holds } from "./message-list.js";

const PATIENCE_MS = 5_000;

/**
 * What an action makes of a state; the same object when nothing changed.
 *
 * @param {State} state
 * @param {Action} action
 * @param {number} now milliseconds
 * @returns {State}
 */
export function reduce(state, action, now) {
  if (isPreference(action)) return inRoom(state, action.room, (room) => preferring(room, action));
  switch (action.type) {
    case "hello": return hello(state, action);
    case "room": return { ...state, rooms: { ...state.rooms, [action.id]: listed(state.rooms[action.id], action) } };
    case "left": return left(state, action.room);
    case "message": return message(state, action);
    case "live": return settled(inRoom(state, action.room, (room) => caughtUp(room, action)));
    case "reset": return settled(inRoom(state, action.room, (room) => reset(room, state.open, action.rev)));
    case "heads": return inRooms(state, (room) => overtaken(room, action));
    case "presence": return inRoom(state, action.room, (room) => peopled(room, action));
    case "typing": return action.user.id === state.me.id ? state : inRoom(state, action.room, (room) => typed(room, action, now));
    case "read": return inRoom(state, action.room, (room) => read(room, action));
    case "notice": return { ...state, notice: action };
    case "taken-back": return inRoom(state, action.room, (room) => changed(room, { keptUnread: true }));
    case "fetching": return inRoom(state, action.room, (room) => fetching(room, action));
    case "fetch-failed": return inRoom(state, action.room, (room) => fetchFailed(room, action));
    case "page": return settled(shown(inRoom(state, action.room, (room) => pageLoaded(room, action))));
    case "outbox": return outbox(state, action);
    case "network": return changed(state, { connection: changed(state.connection, { offline: !action.online }) });
    case "connection": return connection(state, action, now);
    case "open": return settled(turned(state, action.room, now));
    case "following": return inRoom(state, action.room, (room) => changed(room, { following: action.following }));
    case "attention": return changed(state, { attending: action.attending });
    case "tick": return tick(state, now);
    default: return state;
  }
}

/**
 * @param {Room} room
 * @param {Preference} preference
 */
function preferring(room, preference) {
  return changed(room, preferencesOf({ ...room, ...preference }));
}

/**
 * @param {State} state
 * @param {Hello} event
 * @returns {State}
 */
function hello(state, event) {
  const greetedRooms = event.rooms.map((summary) => [summary.id, greeted(state.rooms[summary.id], summary)]);
  return {
    ...{ ...state, me: event.user, serverEpoch: event.epoch, textLimit: event.limits.text },
    rooms: { [state.open]: state.rooms[state.open], ...Object.fromEntries(greetedRooms) },
    connection: { ...state.connection, phase: "open", code: 0, offline: false },
  };
}

/**
 * @param {Room} room
 * @param {Heads} event
 */
function overtaken(room, { rooms }) {
  return isBehind(room, rooms) ? changed(room, { phase: "behind" }) : room;
}

/**
 * The open room stays: the page turns to another one first, or is left where there is none.
 *
 * @param {State} state
 * @param {number} id
 */
function left(state, id) {
  if (id === state.open || !state.rooms[id]) return state;
  const { [id]: _, ...rooms } = state.rooms;
  return settled({ ...state, rooms });
}

/**
 * What was acknowledged stays in its place until its message comes.
 *
 * @param {State} state
 * @param {OutboxChanged} action
 * @returns {State}
 */
function outbox(state, { ack, durable, pending }) {
  const entry = state.pending.find((each) => each.id === ack?.id);
  if (!entry || !ack) return { ...state, pending, durable };
  const isThere = holds(state.rooms[ack.room]?.messages ?? [], ack.seq);
  return { ...state, pending, durable, sent: isThere ? state.sent : [...state.sent, { ...entry, seq: ack.seq }] };
}

/**
 * @param {State} state
 * @param {MessageEvent} event
 */
function message(state, { type, room: id, ...content }) {
  const own = state.sent.find((each) => each.room === id && each.seq === content.seq);
  const { me } = state;
  const attending = state.attending && id === state.open;
  const reader = { isMine: content.author.id === me.id, isCalled: isCalled(content, me), attending };
  const next = inRoom(state, id, (room) => received(room, own ? { ...content, key: own.id } : content, reader));
  return own ? { ...next, sent: next.sent.filter((each) => each !== own) } : next;
}

/**
 * A room that is not on the page goes on from where the stream does: its messages come when it is opened.
 *
 * @param {Room} room
 * @param {number} open
 * @param {number} rev
 * @returns {Room}
 */
function reset(room, open, rev) {
  if (room.id !== open) return { ...emptied(room), phase: "live", cursor: rev, resetRev: rev };
  return { ...room, phase: "stale", resetRev: rev, held: [] };
}

/**
 * Acknowledged messages that a page has brought need no place of their own any more.
 *
 * @param {State} state
 */
function shown(state) {
  const sent = state.sent.filter(({ room, seq }) => !holds(state.rooms[room]?.messages ?? [], seq));
  return sent.length < state.sent.length ? { ...state, sent } : state;
}

/**
 * Once the open room is up to date, the patience with the connection begins anew; once all are, the cursors belong to
 * the epoch of the server.
 *
 * @param {State} state
 */
function settled(state) {
  const isWhole = Object.values(state.rooms).every((room) => room.phase === "live");
  const connection = isUpToDate(state) ? changed(state.connection, { lostAt: null, overdue: false }) : state.connection;
  return changed(state, { connection, epoch: isWhole ? state.serverEpoch : state.epoch });
}

/**
 * @param {State} before
 * @param {ConnectionChanged} action
 * @param {number} now
 * @returns {State}
 */
function connection(before, { phase, code }, now) {
  const state = inRooms(before, disconnected);
  const { lostAt } = state.connection;
  const last = code || state.connection.code;
  return { ...state, connection: { ...state.connection, phase, code: last, lostAt: lostAt ?? now } };
}

/**
 * @param {State} state
 * @param {number} now
 */
function tick(state, now) {
  const { lostAt } = state.connection;
  const overdue = lostAt !== null && now - lostAt >= PATIENCE_MS;
  const next = inRooms(state, (room) => settledTyping(room, now));
  return changed(next, { connection: changed(state.connection, { overdue }) });
}

/**
 * @param {State} state
 * @param {number} id
 * @param {(room: Room) => Room} change
 * @returns {State}
 */
function inRoom(state, id, change) {
  const room = state.rooms[id];
  const next = room && change(room);
  return next === room ? state : { ...state, rooms: { ...state.rooms, [id]: next } };
}

/**
 * @param {State} state
 * @param {(room: Room) => Room} change
 */
function inRooms(state, change) {
  return Object.values(state.rooms).reduce((next, room) => inRoom(next, room.id, change), state);
}

/**
 * The object with `values`; the same one when it has them already.
 *
 * @template {object} T
 * @param {T} object
 * @param {Partial<T>} values
 * @returns {T}
 */
function changed(object, values) {
  const names = /** @type {(keyof T)[]} */ (Object.keys(values));
  return names.every((name) => object[name] === values[name]) ? object : { ...object, ...values };
}
