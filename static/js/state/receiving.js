/**
 * What a message of the stream does to its room. Pure; part of the reducer.
 *
 * @import {Message, Room} from './types.js'
 */

import { WINDOW, WINDOW_WHILE_READING, find, upsert } from "./message-list.js";

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
 * What an unread message counts for, in its present state. An older one of a message in the window says nothing, nor does
 * what the server has counted already.
 *
 * @param {Room} room
 * @param {Message} message
 * @param {{isMine: boolean, isCalled: boolean}} reader
 */
function recounted({ calls, countedRev, countedSeq, messages, readSeq, uncounted, unlisted }, { deleted = false, rev, seq }, { isMine, isCalled }) {
  const isOld = (find(messages, seq)?.rev ?? 0) > rev;
  const isCounted = rev <= countedRev || (isMine && unlisted && seq <= countedSeq);
  if (seq <= readSeq || isOld || isCounted) return { calls, uncounted };
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
