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
 * @typedef {object} SharedFile
 * @property {string} id
 * @property {string} name
 * @property {number} size bytes
 * @property {string} type of its content, as the server judged it
 * @property {'picture' | 'video' | 'audio' | 'text' | 'file'} kind
 * @property {number} [width] pixels, of a picture
 * @property {number} [height]
 * @property {string} [placeholder] a picture of a few pixels: WebP in base64
 * @property {string} [alt] what it shows, in the words of who gave it
 * @property {string} [reason] why a picture is shown as a file
 * @property {string} [local] where the browser itself has its bytes, while it is on its way
 *
 * @typedef {{url: string, title: string, description?: string, site?: string, picture?: {width: number, height: number}}} Preview
 *
 * @typedef {object} Carried what a message carries beside its text
 * @property {number} [reply_to]
 * @property {Quote} [quote] the message that it replies to
 * @property {number[]} [mentions] ids of people; 0: everybody
 * @property {string} [edited] ISO 8601, UTC
 * @property {boolean} [deleted] then its text is empty
 * @property {Reaction[]} [reactions] in the order of their first use
 * @property {SharedFile[]} [files] in the order that their author chose
 * @property {Preview} [preview] what the page behind its first link says of itself
 *
 * @typedef {{seq: number, rev: number, author: Person, time: string, text: string, html?: string, key?: string} & Carried} Message
 *   `time`: ISO 8601, UTC; `html`: of the text, made safe by the server, where it has markup; `key`: id of the pending
 *   message that this one was, so that its place on the page stays its own
 *
 * @typedef {{type: 'edit', room: number, seq: number, text: string}} Edit
 * @typedef {{type: 'delete', room: number, seq: number}} Delete
 * @typedef {{type: 'react', room: number, seq: number, emoji: string, on: boolean}} React
 * @typedef {{type: 'hide_preview', room: number, seq: number}} HidePreview
 * @typedef {Edit | Delete | React | HidePreview} Amendment
 */

import { count, flag, listOf, number, optional, shape, text, time, uuid4 } from "../lib/shape.js";
import { isEmoji, isVisible } from "../lib/text.js";

const LONE_SURROGATE = /\p{Surrogate}/u;

export const person = shape({ id: number, login: text, name: text, hue: optional(count), avatar: optional(count), namesake: optional(flag), admin: optional(flag), off: optional(flag) });

const file = {
  ...{ id: text, name: text, size: count, type: text, kind: text },
  ...{ width: optional(count), height: optional(count), placeholder: optional(text), alt: optional(text), reason: optional(text) },
};
const size = shape({ width: number, height: number });

const carried = {
  ...{ reply_to: optional(number), quote: optional(shape({ author: person, text, deleted: optional(flag) })) },
  mentions: optional(listOf(count)),
  ...{ edited: optional(time), deleted: optional(flag) },
  reactions: optional(listOf(shape({ emoji: text, people: listOf(person) }))),
  files: optional(listOf(shape(file))),
  preview: optional(shape({ url: text, title: text, description: optional(text), site: optional(text), picture: optional(size) })),
};

export const message = { seq: number, rev: number, author: person, time, text, html: optional(text), ...carried };

/** @type {Check} */
export const body = (value) => text(value) && isVisible(value) && !value.includes("\0") && !LONE_SURROGATE.test(value);

export const MAX_FILES = 10;

/** @type {Check} */
export const filesOfPost = (ids) =>
  listOf(uuid4)(ids) && ids.length > 0 && ids.length <= MAX_FILES && new Set(ids).size === ids.length;

const amendment = { id: uuid4, room: number, seq: number };

/** @type {Record<Amendment["type"], Record<string, Check>>} */
export const amendments = {
  edit: { ...amendment, text: (value) => value === "" || body(value) },
  delete: amendment,
  react: { ...amendment, emoji: (value) => text(value) && isEmoji(value), on: flag },
  hide_preview: amendment,
};
