/**
 * What a room is, how far it is read, and where its stream stands. Pure; part of the reducer.
 *
 * @import {Live, Message, Person, Read, Room, RoomSummary, State} from './types.js'
 */

import { preferencesOf } from "./preferences.js";

/** Of so many rooms that are not open the messages stay on the page. */
export const REMEMBERED = 8;

const EVERYBODY = 0;

/**
 * A room of which nothing is loaded.
 *
 * @param {RoomSummary} summary
 * @returns {Room}
 */
export function emptyRoom(summary) {
  const counts = counted(summary);
  return {
    ...{ id: summary.id, ...described(summary), ...counts, newAt: unread(counts) > 0 ? counts.readSeq + 1 : 0 },
    ...{ cursor: summary.last_rev, phase: "behind", resetRev: 0 },
    ...{ held: [], loading: { older: "idle", newer: "idle", all: "idle" } },
    ...{ messages: [], atStart: false, atEnd: false, following: true, keptUnread: false, people: [], typing: [], leftAt: 0 },
  };
}

/**
 * Its messages are here, if it has any.
 *
 * @param {Pick<Room, 'messages' | 'atStart' | 'atEnd'>} room
 */
export function isLoaded({ atEnd, atStart, messages }) {
  return messages.length > 0 || (atStart && atEnd);
}

/**
 * The page turns to another room. What it has of those of before stays as it is, of as many as one goes back and forth
 * between.
 *
 * @param {State} state
 * @param {number} id
 * @param {number} now milliseconds
 * @returns {State}
 */
export function turned(state, id, now) {
  const { [state.open]: before, [id]: room } = state.rooms;
  const rooms = { ...state.rooms, [state.open]: { ...before, leftAt: now }, [id]: entered(room) };
  const others = Object.values(rooms).filter((each) => each.id !== id && isLoaded(each));
  for (const old of others.sort((one, other) => other.leftAt - one.leftAt).slice(REMEMBERED)) rooms[old.id] = emptied(old);
  return { ...state, open: id, rooms };
}

/**
 * The "New" line stays where it was; in a room that was not seen on this page it stands above what is unread now.
 *
 * @param {Room} room
 * @returns {Room}
 */
function entered(room) {
  const newAt = unread(room) > 0 ? room.readSeq + 1 : 0;
  return { ...room, keptUnread: false, newAt: isLoaded(room) ? room.newAt : newAt };
}

/**
 * The room without its messages, which come again when it is opened.
 *
 * @param {Room} room
 * @returns {Room}
 */
export function emptied(room) {
  return { ...room, messages: [], atStart: false, atEnd: false, following: true, held: [] };
}

/**
 * How much of a room is read, and what of the rest counts.
 *
 * @param {RoomSummary} summary
 */
function counted({ last_seq: lastSeq, last_rev: rev, read_seq: readSeq, ...own }) {
  return { lastSeq, readSeq, ...preferencesOf(own), ...unreadOnes({ ...own, rev }, lastSeq) };
}

/**
 * @param {Pick<Read, 'deleted' | 'own' | 'calls' | 'unlisted' | 'rev'>} lists
 * @param {number} countedSeq
 */
function unreadOnes({ deleted = [], own = [], calls = [], unlisted = 0, rev: countedRev = 0 }, countedSeq) {
  return { uncounted: [...new Set([...deleted, ...own])], calls, unlisted, countedRev, countedSeq };
}

/**
 * What a room is, whoever reads it and however far.
 *
 * @param {RoomSummary} summary
 */
function described({ kind, name, topic, creator = 0, archived = false, people = [], for_everyone: forEveryone = false, retention_days: retentionDays = 0 }) {
  return { kind, name, topic, creator, archived, forEveryone, retentionDays, members: people };
}

/**
 * What a room is called: a direct one after the others in it.
 *
 * @param {Room} room
 * @param {Person} me
 */
export function titleOf({ name, members }, me) {
  return name || others(members, me).map((person) => person.name).join(", ");
}

/**
 * @param {Person[]} members
 * @param {Person} me
 */
export function others(members, me) {
  return members.filter((person) => person.id !== me.id);
}

/**
 * The room as it is listed now: joined, or changed by someone. What the page has of its messages stays.
 *
 * @param {Room | undefined} room
 * @param {RoomSummary} summary
 * @returns {Room}
 */
export function listed(room, summary) {
  return room ? { ...room, ...described(summary) } : emptyRoom(summary);
}

/**
 * How many messages are unread; those that were deleted and one's own do not count.
 *
 * @param {Pick<Room, 'lastSeq' | 'readSeq' | 'uncounted' | 'unlisted'>} room
 */
export function unread({ lastSeq, readSeq, uncounted, unlisted }) {
  return Math.max(0, lastSeq - readSeq - uncounted.length - unlisted);
}

/**
 * Whether a message mentions someone: by name, or everybody but its author.
 *
 * @param {Message} message
 * @param {Person} person
 */
export function isCalled({ author, mentions = [] }, { id }) {
  return author.id !== id && (mentions.includes(id) || mentions.includes(EVERYBODY));
}

/**
 * The room once it is read up to a message.
 *
 * @param {Room} room
 * @param {number} seq
 * @returns {Room}
 */
function readUpTo(room, seq) {
  if (seq <= room.readSeq) return room;
  const [uncounted, calls] = [room.uncounted, room.calls].map((seqs) => seqs.filter((each) => each > seq));
  return { ...room, readSeq: seq, uncounted, calls, unlisted: seq < room.countedSeq ? room.unlisted : 0 };
}

/**
 * The room as a new connection finds it: the messages stay, who is here will come, and what could not be loaded may be
 * asked for again. What was read here and is not sent yet is applied again by who sends it.
 *
 * @param {Room | undefined} room
 * @param {RoomSummary} summary
 * @returns {Room}
 */
export function greeted(room, summary) {
  if (!room) return emptyRoom(summary);
  const keptUnread = room.keptUnread && summary.read_seq <= room.readSeq;
  const all = room.loading.all === "failed" ? "idle" : room.loading.all;
  const again = { loading: { ...room.loading, all }, phase: /** @type {const} */ ("behind"), people: [], typing: [] };
  return { ...room, ...described(summary), ...counted(summary), keptUnread, ...again };
}

/**
 * The room while no connection is there. What was held back for a reset will come again.
 *
 * @param {Room} room
 * @returns {Room}
 */
export function disconnected(room) {
  return { ...room, phase: "behind", typing: [], held: room.phase === "stale" ? [] : room.held };
}

/**
 * What was read elsewhere counts as read here, unless the reader takes it back: then it is new once more.
 *
 * @param {Room} room
 * @param {Read} event
 * @returns {Room}
 */
export function read(room, { seq, back, ...lists }) {
  if (back) return { ...room, ...unreadOnes(lists, room.lastSeq), readSeq: seq, newAt: seq + 1, keptUnread: true };
  const next = readUpTo(room, seq);
  return next.keptUnread ? { ...next, keptUnread: false } : next;
}

/**
 * @param {Room} room
 * @param {Live} event
 * @returns {Room}
 */
export function caughtUp(room, { rev }) {
  return room.phase === "stale" ? room : { ...room, phase: "live", cursor: Math.max(room.cursor, rev) };
}

/**
 * @param {Room} room
 * @param {Record<string, number>} headRevs
 */
export function isBehind(room, headRevs) {
  return room.phase === "live" && room.cursor < (headRevs[room.id] ?? 0);
}
