/**
 * What the stream does to one room. Pure; part of the reducer.
 *
 * @import {Live, Message, Person, Presence, Read, Room, RoomSummary, Typing} from './types.js'
 */

import { WINDOW, WINDOW_WHILE_READING, find, upsert } from "./message-list.js";

const TYPING_MS = 5_000;
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
    ...{ cursor: summary.last_rev, phase: "behind", resetRev: 0, messages: [], atStart: false, atEnd: false, following: true, keptUnread: false },
    ...{ held: [], loading: { older: "idle", newer: "idle", all: "idle" }, people: [], typing: [] },
  };
}

/**
 * How much of a room is read, and what of the rest counts.
 *
 * @param {RoomSummary} summary
 */
function counted({ last_seq: lastSeq, read_seq: readSeq, level = "all", ...lists }) {
  return { lastSeq, readSeq, level, ...unreadOnes(lists) };
}

/**
 * @param {{deleted?: number[], own?: number[], calls?: number[]}} lists
 */
function unreadOnes({ deleted = [], own = [], calls = [] }) {
  return { uncounted: [...new Set([...deleted, ...own])], calls };
}

/**
 * What a room is, whoever reads it and however far.
 *
 * @param {RoomSummary} summary
 */
function described({ kind, name, topic, creator = 0, archived = false, for_everyone: forEveryone = false, people = [] }) {
  return { kind, name, topic, creator, archived, forEveryone, members: people };
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
 * The room as it is listed now: joined, or changed by someone. What the page knows of its messages stays.
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
 * @param {Pick<Room, 'lastSeq' | 'readSeq' | 'uncounted'>} room
 */
export function unread({ lastSeq, readSeq, uncounted }) {
  return Math.max(0, lastSeq - readSeq - uncounted.length);
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
  return { ...room, readSeq: seq, uncounted, calls };
}

/**
 * The room as a new connection finds it: the messages stay, who is here will be told. What was read here and is not
 * told yet is applied again by who tells it.
 *
 * @param {Room | undefined} room
 * @param {RoomSummary} summary
 * @returns {Room}
 */
export function greeted(room, summary) {
  if (!room) return emptyRoom(summary);
  const keptUnread = room.keptUnread && summary.read_seq <= room.readSeq;
  return { ...room, ...described(summary), ...counted(summary), keptUnread, phase: "behind", people: [], typing: [] };
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
 * @param {Room} room
 * @param {Message} message
 * @param {{isMine: boolean, isCalled: boolean, attending: boolean}} reader
 * @returns {Room}
 */
export function received(room, message, reader) {
  const { seq } = message;
  const isChange = room.phase === "live" && seq <= room.lastSeq;
  const isNews = !isChange && !reader.isMine && !reader.attending && seq > room.readSeq && room.newAt <= room.readSeq;
  return {
    ...placed(room, message),
    ...recounted(room, message, reader),
    typing: isChange ? room.typing : room.typing.filter((each) => each.user.id !== message.author.id),
    newAt: isNews ? seq : room.newAt,
    lastSeq: Math.max(room.lastSeq, seq),
  };
}

/**
 * What an unread message counts for, in its present state; an older state of one in the window says nothing.
 *
 * @param {Room} room
 * @param {Message} message
 * @param {{isMine: boolean, isCalled: boolean}} reader
 */
function recounted({ calls, messages, readSeq, uncounted }, { deleted = false, rev, seq }, { isMine, isCalled }) {
  const isOld = (find(messages, seq)?.rev ?? 0) > rev;
  if (seq <= readSeq || isOld) return { calls, uncounted };
  return { calls: withOrWithout(calls, seq, isCalled), uncounted: withOrWithout(uncounted, seq, isMine || deleted) };
}

/**
 * @param {number[]} seqs
 * @param {number} seq
 * @param {boolean} isIn
 */
function withOrWithout(seqs, seq, isIn) {
  if (seqs.includes(seq) === isIn) return seqs;
  return isIn ? [...seqs, seq] : seqs.filter((each) => each !== seq);
}

/**
 * The room with a message of the stream in its window, held back for a page that is under way, or left out.
 *
 * @param {Room} room
 * @param {Message} message
 * @returns {Room}
 */
function placed(room, message) {
  if (room.phase === "stale") return { ...room, held: [...room.held, message] };
  const cursor = Math.max(room.cursor, message.rev);
  const first = room.messages.at(0)?.seq ?? 0;
  const last = room.messages.at(-1)?.seq ?? 0;
  const isFull = !room.following && room.messages.length >= WINDOW_WHILE_READING;
  const isInside = (room.atStart || message.seq >= first) && (message.seq <= last || (room.atEnd && !isFull));
  if (isInside) return trimmed({ ...room, cursor, messages: upsert(room.messages, message) });
  const isAwaited = Object.values(room.loading).includes("loading");
  const held = isAwaited ? [...room.held, message] : room.held;
  return { ...room, cursor, held, atEnd: room.atEnd && message.seq < first };
}

/**
 * @param {Room} room
 * @returns {Room}
 */
function trimmed(room) {
  if (!room.following || room.messages.length <= WINDOW) return room;
  return { ...room, messages: room.messages.slice(-WINDOW), atStart: false };
}

/**
 * What was read elsewhere counts as read here, unless the reader takes it back: then it is new once more.
 *
 * @param {Room} room
 * @param {Read} event
 * @returns {Room}
 */
export function read(room, { seq, back, ...lists }) {
  if (back) return { ...room, ...unreadOnes(lists), readSeq: seq, newAt: seq + 1, keptUnread: true };
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

/**
 * @param {Room} room
 * @param {Presence} event
 * @returns {Room}
 */
export function peopled(room, { here, people }) {
  const ids = new Set(people.map((person) => person.id));
  const others = room.people.filter((person) => !ids.has(person.id));
  return { ...room, people: here ? [...others, ...people].sort(byName) : others };
}

/**
 * @param {Room} room
 * @param {Typing} event
 * @param {number} now
 * @returns {Room}
 */
export function typed(room, { user }, now) {
  const others = room.typing.filter((each) => each.user.id !== user.id);
  return { ...room, typing: [...others, { user, until: now + TYPING_MS }] };
}

/**
 * @param {Room} room
 * @param {number} now
 * @returns {Room}
 */
export function settledTyping(room, now) {
  const typing = room.typing.filter((each) => each.until > now);
  return typing.length < room.typing.length ? { ...room, typing } : room;
}

/**
 * @param {Person} one
 * @param {Person} other
 */
function byName(one, other) {
  return one.name.localeCompare(other.name) || one.id - other.id;
}
