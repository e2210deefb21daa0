/**
 * A message, what it carries beside its text, and what is done to it: as the modules share these, and as they have to be
 * on the wire.
 *
 * @import {Check} from '../lib/shape.js'
 * @import {Person} from './types.js'
 *
 * @typedef {{author: Person, text: string, deleted?: boolean}} Quote the beginning of a message
 * @typedef {{emoji: string, people: Person[]}} Reaction
 *
 * @typedef {object} Carried what a message carries beside its text
 * @property {number} [reply_to]
 * @property {Quote} [quote] the message that it replies to
 * @property {number[]} [mentions] ids of people; 0: everybody
 * @property {string} [edited] ISO 8601, UTC
 * @property {boolean} [deleted] then its text is empty
 * @property {Reaction[]} [reactions] in the order of their first use
 *
 * @typedef {{seq: number, rev: number, author: Person, time: string, text: string, html?: string, key?: string} & Carried} Message
 *   `time`: ISO 8601, UTC; `html`: of the text, made safe by the server, where it has markup; `key`: id of the pending
 *   message that this one was, so that its place on the page stays its own
 *
 * @typedef {{type: 'edit', room: number, seq: number, text: string}} Edit
 * @typedef {{type: 'delete', room: number, seq: number}} Delete
 * @typedef {{type: 'react', room: number, seq: number, emoji: string, on: boolean}} React
 * @typedef {Edit | Delete | React} Amendment
 */

import { count, flag, listOf, number, optional, shape, text, time, uuid4 } from "../lib/shape.js";
import { isEmoji, isVisible } from "../lib/text.js";

const LONE_SURROGATE = /\p{Surrogate}/u;

export const person = shape({ id: number, login: text, name: text, hue: optional(count), off: optional(flag) });

const carried = {
  ...{ reply_to: optional(number), quote: optional(shape({ author: person, text, deleted: optional(flag) })) },
  mentions: optional(listOf(count)),
  ...{ edited: optional(time), deleted: optional(flag) },
  reactions: optional(listOf(shape({ emoji: text, people: listOf(person) }))),
};

export const message = { seq: number, rev: number, author: person, time, text, html: optional(text), ...carried };

/** @type {Check} */
export const body = (value) => text(value) && isVisible(value) && !value.includes("\0") && !LONE_SURROGATE.test(value);

const amendment = { id: uuid4, room: number, seq: number };

/** @type {Record<Amendment["type"], Record<string, Check>>} */
export const amendments = {
  edit: { ...amendment, text: body },
  delete: amendment,
  react: { ...amendment, emoji: (value) => text(value) && isEmoji(value), on: flag },
};
