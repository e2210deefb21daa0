/**
 * What the stream does to one room. Pure; part of the reducer.
 *
 * @import {Live, Message, Person, Presence, Read, Room, RoomSummary, Typing} from './types.js'
 */

import { WINDOW, WINDOW_WHILE_READING, upsert } from "./window.js";

const TYPING_MS = 5_000;
const EVERYBODY = 0;

/**
 * A room of which nothing is loaded.
 *
 * @param {RoomSummary} summary
 * @returns {Room}
 */
export function emptyRoom(summary) {
  const { id, last_seq, last_rev, read_seq, mentions, deleted = [], level = "all" } = summary;
  return {
    ...{ id, ...described(summary), deleted, mentions, level, lastSeq: last_seq, readSeq: read_seq, newAt: last_seq > read_seq ? read_seq + 1 : 0 },
    ...{ cursor: last_rev, phase: "behind", resetRev: 0, messages: [], atStart: false, atEnd: false, following: true, keptUnread: false },
    ...{ held: [], loading: { older: "idle", newer: "idle", all: "idle" }, people: [], typing: [] },
  };
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
 * How many messages are unread; those that were deleted do not count.
 *
 * @param {Room} room
 */
export function unread(room) {
  return Math.max(0, room.lastSeq - room.readSeq - room.deleted.filter((seq) => seq > room.readSeq).length);
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
 * The room once it is read up to a message. How many mentions are left is not known before all is read.
 *
 * @param {Room} room
 * @param {number} seq
 * @returns {Room}
 */
export function readUpTo(room, seq) {
  if (seq <= room.readSeq) return room;
  return { ...room, readSeq: seq, mentions: seq >= room.lastSeq ? 0 : room.mentions };
}

/**
 * The room as a new connection finds it: what it knew stays, who is here will be told.
 *
 * @param {Room | undefined} room
 * @param {RoomSummary} summary
 * @returns {Room}
 */
export function greeted(room, summary) {
  if (!room) return emptyRoom(summary);
  const isAllRead = room.readSeq >= summary.last_seq;
  return {
    ...{ ...room, ...described(summary), phase: "behind", people: [], typing: [] },
    ...{ deleted: summary.deleted ?? [], level: summary.level ?? "all" },
    ...{ lastSeq: Math.max(room.lastSeq, summary.last_seq), readSeq: Math.max(room.readSeq, summary.read_seq) },
    mentions: isAllRead ? 0 : summary.mentions,
  };
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
export function received(room, message, { isMine, isCalled, attending }) {
  const isChange = room.phase === "live" && message.seq <= room.lastSeq;
  const isNews = !isChange && !isMine && !attending && message.seq > room.readSeq && room.newAt <= room.readSeq;
  const isReadOn = isMine && message.seq === room.readSeq + 1;
  const isGone = message.deleted && message.seq > room.readSeq && !room.deleted.includes(message.seq);
  return {
    ...placed(room, message),
    typing: isChange ? room.typing : room.typing.filter((each) => each.user.id !== message.author.id),
    deleted: isGone ? [...room.deleted, message.seq] : room.deleted,
    ...{ newAt: isNews ? message.seq : room.newAt, readSeq: isReadOn ? message.seq : room.readSeq },
    lastSeq: Math.max(room.lastSeq, message.seq),
    mentions: isCalled && message.seq > Math.max(room.lastSeq, room.readSeq) ? room.mentions + 1 : room.mentions,
  };
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
export function read(room, { seq, back }) {
  if (back) return { ...room, readSeq: seq, newAt: seq + 1, keptUnread: true };
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
