/**
 * A room as the lines of its timeline: days, the "New" line, messages in groups, and those still being sent. Pure.
 *
 * @import {Carried, Message, Pending, Person, Reader, Room, State} from '../state/types.js'
 */

import { dayLabel, dayOf } from "../lib/calendar.js";
import { inWords } from "../lib/quotes.js";
import { isCalled, isLoaded } from "../state/room.js";
import { isCutOff } from "../state/selectors.js";
import { find } from "../state/message-list.js";

const GROUP_MS = 5 * 60_000;
const WAITING = "Waiting for the network";

/**
 * @typedef {object} MessageItem
 * @property {'message'} kind
 * @property {string} key
 * @property {Person} author
 * @property {number} time milliseconds
 * @property {string} text
 * @property {Message | null} message null while it is not acknowledged
 * @property {'sent' | 'waiting' | 'late' | 'failed'} status
 * @property {string} reason why it is not sent
 * @property {Carried} carried beside its text; of one that is not acknowledged, as far as it is known
 * @property {Reader} reader
 * @property {boolean} startsGroup
 * @property {boolean} calls it mentions oneself
 *
 * @typedef {{kind: 'day', key: string, label: string, date: string}} DayItem
 * @typedef {{kind: 'new', key: string}} NewItem
 * @typedef {DayItem | NewItem | MessageItem} Item
 *
 * @typedef {{me: Person, room: Room, reader: Reader}} Surroundings
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
function messageItems(state, room) {
  const { me, pending, sent } = state;
  const surroundings = { me, room, reader: { room: room.id, viewer: me.id } };
  const unseen = room.atEnd || !isLoaded(room) ? [...sent, ...pending].filter((entry) => entry.room === room.id) : [];
  return [
    ...room.messages.map((message) => ofMessage(message, surroundings)),
    ...unseen.map((entry) => ofPending(entry, surroundings, isCutOff(state))),
  ];
}

/**
 * @param {Message} message
 * @param {Surroundings} surroundings
 * @returns {MessageItem}
 */
function ofMessage(message, { me, reader }) {
  const { author, key, seq, text } = message;
  const time = Date.parse(message.time);
  return {
    ...{ kind: "message", key: key ?? `seq ${seq}`, author, time, text, message, status: "sent", reason: "", startsGroup: true },
    ...{ carried: message, reader, calls: isCalled(message, me) },
  };
}

/**
 * What a message that is not acknowledged carries: its files, and the message that it replies to, as it is in the window.
 *
 * @param {Pending} entry
 * @param {Room} room
 * @returns {Carried}
 */
function carriedBy({ files, replyTo }, { messages }) {
  const quote = find(messages, replyTo ?? 0);
  return { ...(files ? { files } : {}), ...(replyTo ? { reply_to: replyTo, quote: quote && { ...quote, text: inWords(quote) } } : {}) };
}

/**
 * @param {Pending & {seq?: number}} entry
 * @param {Surroundings} surroundings
 * @param {boolean} isWaiting for the network
 * @returns {MessageItem}
 */
function ofPending(entry, { me: author, reader, room }, isWaiting) {
  const { created, id, reason: refusal, seq, state, text } = entry;
  const unsentStatus = isWaiting && state === "waiting" ? "late" : state; // its writer should see it at once
  const status = seq === undefined ? unsentStatus : "sent";
  const unsent = isWaiting ? WAITING : state === "late" ? "Not sent" : "sending…";
  const reason = status === "sent" ? "" : refusal || unsent;
  return {
    ...{ kind: "message", key: id, author, time: created, text, message: null, status, reason, startsGroup: true },
    ...{ carried: carriedBy(entry, room), reader, calls: false },
  };
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
  if (item.carried.reply_to !== undefined || previous?.author.id !== item.author.id) return false;
  return Math.abs(item.time - previous.time) <= GROUP_MS;
}
