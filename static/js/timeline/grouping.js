/**
 * A room as the lines of its timeline: days, the "New" line, messages in groups, and those still being sent. Pure.
 *
 * @import {Message, Pending, Person, Quote, Room, State} from '../state/types.js'
 */

import { dayLabel, dayOf } from "../lib/calendar.js";
import { isCalled } from "../state/room.js";
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
 * @property {number} viewer who reads this, by id
 * @property {number} room
 * @property {number | null} replyTo the seq of another message
 * @property {Quote | null} quote what that says, where it is known
 * @property {boolean} startsGroup
 * @property {boolean} calls it mentions oneself
 *
 * @typedef {{kind: 'day', key: string, label: string, date: string}} DayItem
 * @typedef {{kind: 'new', key: string}} NewItem
 * @typedef {DayItem | NewItem | MessageItem} Item
 *
 * @typedef {{me: Person, room: Room, viewer: number}} Surroundings
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
  const surroundings = { me, room, viewer: me.id };
  const unseen = room.atEnd ? [...sent, ...pending].filter((entry) => entry.room === room.id) : [];
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
function ofMessage(message, surroundings) {
  const { me } = surroundings;
  const { author, key, quote, reply_to: replyTo, seq, text } = message;
  const time = Date.parse(message.time);
  return {
    ...{ kind: "message", key: key ?? `seq ${seq}`, author, time, text, message, status: "sent", reason: "", startsGroup: true },
    ...replying(replyTo, quote, surroundings),
    calls: isCalled(message, me),
  };
}

/**
 * What a message replies to: as the server told it, or else as it is in the window.
 *
 * @param {number | undefined} replyTo
 * @param {Quote | undefined} quote
 * @param {Surroundings} surroundings
 */
function replying(replyTo, quote, { room, viewer }) {
  const original = replyTo === undefined ? undefined : find(room.messages, replyTo);
  return { viewer, room: room.id, replyTo: replyTo ?? null, quote: quote ?? original ?? null };
}

/**
 * @param {Pending & {seq?: number}} entry
 * @param {Surroundings} surroundings
 * @param {boolean} isWaiting for the network
 * @returns {MessageItem}
 */
function ofPending({ created, id, reason: refusal, replyTo, seq, state, text }, surroundings, isWaiting) {
  const author = surroundings.me;
  const unsentStatus = isWaiting && state === "waiting" ? "late" : state; // its writer should know at once
  const status = seq === undefined ? unsentStatus : "sent";
  const unsent = isWaiting ? WAITING : state === "late" ? "Not sent" : "sending…";
  const reason = status === "sent" ? "" : refusal || unsent;
  return {
    ...{ kind: "message", key: id, author, time: created, text, message: null, status, reason, startsGroup: true },
    ...replying(replyTo, undefined, surroundings),
    calls: false,
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
  return item.replyTo === null && previous?.author.id === item.author.id && Math.abs(item.time - previous.time) <= GROUP_MS;
}
