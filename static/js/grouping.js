/**
 * A room as the lines of its timeline: days, the "New" line, messages in groups, and those still being sent. Pure.
 *
 * @import {Message, Pending, Person, Room, State} from './types.js'
 */

import { dayLabel, dayOf } from "./calendar.js";
import { isCalled } from "./room.js";

const GROUP_MS = 5 * 60_000;

/**
 * @typedef {object} MessageItem
 * @property {'message'} kind
 * @property {string} key
 * @property {Person} author
 * @property {number} time milliseconds
 * @property {string} text
 * @property {Message | null} message null while it is not acknowledged
 * @property {'sent' | 'waiting' | 'late' | 'failed'} status
 * @property {string} reason
 * @property {boolean} startsGroup
 * @property {boolean} [calls] it mentions oneself
 *
 * @typedef {{kind: 'day', key: string, label: string, date: string}} DayItem
 * @typedef {{kind: 'new', key: string}} NewItem
 * @typedef {DayItem | NewItem | MessageItem} Item
 */

/**
 * @param {State} state
 * @param {Room} room
 * @param {number} now milliseconds
 */
export function timeline(state, room, now) {
  /** @type {Item[]} */
  const items = [];
  /** @type {MessageItem | null} */
  let previous = null;
  const newAt = firstNew(state.me, room);
  for (const item of messageItems(state, room)) {
    const day = dayOf(item.time);
    const isNewDay = !previous || dayOf(previous.time) !== day;
    const isNew = newAt !== undefined && item.message?.seq === newAt;
    if (isNewDay) items.push({ kind: "day", key: `day ${day}`, label: dayLabel(item.time, now), date: day });
    if (isNew) items.push({ kind: "new", key: "new" });
    item.startsGroup = isNewDay || isNew || !continues(previous, item);
    items.push(item);
    previous = item;
  }
  return items;
}

/**
 * @param {State} state
 * @param {Room} room
 * @returns {MessageItem[]}
 */
function messageItems({ me, pending, sent }, room) {
  const unseen = room.atEnd ? [...sent, ...pending].filter((entry) => entry.room === room.id) : [];
  return [...room.messages.map((message) => ofMessage(message, me)), ...unseen.map((entry) => ofPending(entry, me))];
}

/**
 * @param {Message} message
 * @param {Person} me
 * @returns {MessageItem}
 */
function ofMessage(message, me) {
  const { author, key, seq, text } = message;
  const time = Date.parse(message.time);
  const calls = isCalled(message, me);
  return { kind: "message", key: key ?? `seq ${seq}`, author, time, text, message, status: "sent", reason: "", startsGroup: true, calls };
}

/**
 * @param {Pending & {seq?: number}} entry
 * @param {Person} author
 * @returns {MessageItem}
 */
function ofPending({ created, id, reason, seq, state, text }, author) {
  const status = seq === undefined ? state : "sent";
  return { kind: "message", key: id, author, time: created, text, message: null, status, reason, startsGroup: true };
}

/**
 * The first message that someone else wrote at or after the place of the "New" line, if that place is loaded.
 *
 * @param {Person} me
 * @param {Room} room
 */
function firstNew(me, { atStart, messages, newAt }) {
  const isLoaded = newAt > 0 && messages.length > 0 && (atStart || messages[0].seq <= newAt);
  return isLoaded ? messages.find((message) => message.seq >= newAt && message.author.id !== me.id)?.seq : undefined;
}

/**
 * @param {MessageItem | null} previous
 * @param {MessageItem} item
 */
function continues(previous, item) {
  return previous?.author.id === item.author.id && Math.abs(item.time - previous.time) <= GROUP_MS;
}
