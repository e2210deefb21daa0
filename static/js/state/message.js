/**
 * A message, and what it carries beside its text: as the modules share it, and as it has to come over the wire.
 *
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
 */

import { count, flag, listOf, number, optional, shape, text, time } from "../lib/shape.js";

export const person = shape({ id: number, login: text, name: text, hue: optional(count), off: optional(flag) });

const carried = {
  ...{ reply_to: optional(number), quote: optional(shape({ author: person, text, deleted: optional(flag) })) },
  mentions: optional(listOf(count)),
  ...{ edited: optional(time), deleted: optional(flag) },
  reactions: optional(listOf(shape({ emoji: text, people: listOf(person) }))),
};

export const message = { seq: number, rev: number, author: person, time, text, html: optional(text), ...carried };
