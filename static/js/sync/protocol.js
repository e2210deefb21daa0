/**
 * The wire: commands to JSON, frames to events. Shapes, no state and no socket. The contract is docs/PROTOCOL.md.
 *
 * @import {Check} from '../lib/shape.js'
 * @import {Arrival, Findings, Page, Person, ServerEvent} from '../state/types.js'
 */

import { count, flag, isObject, listOf, number, optional, shape, text, time, uuid4 } from "../lib/shape.js";
import { amendments, body, filesOfPost, message, person } from "../state/message.js";
import { preferences, setters } from "../state/preferences.js";

/** A frame or answer that breaks the contract. */
export class ProtocolError extends Error {}

/** @type {Check} */
const cursors = (value) => {
  return isObject(value) && Object.entries(value).every(([room, rev]) => number(Number(room)) && count(rev));
};
const logins = optional(listOf(text));
const seqs = optional(listOf(number));
const unreadOnes = { deleted: seqs, own: seqs, calls: seqs, unlisted: optional(number), rev: optional(number) };
/** A room, with what is set for it. */
export const isRoom = shape({
  ...{ id: number, kind: text, name: text, topic: text, last_seq: count, last_rev: count, read_seq: count },
  ...{ mentions: count, ...unreadOnes },
  ...{ creator: optional(number), archived: optional((value) => value === true), people: optional(listOf(person)) },
  ...{ for_everyone: optional((value) => value === true), retention_days: optional(number), ...preferences },
});

const post = { room: number, id: uuid4, text: body, reply_to: optional(number) };
// It needs no text.
const postWithFiles = { ...post, text: (/** @type {unknown} */ value) => value === "" || body(value), files: filesOfPost };

/** @type {Record<string, Record<string, Check>>} */
const COMMANDS = {
  post,
  ...amendments,
  resume: { epoch: uuid4, rooms: cursors },
  read: { room: number, seq: number },
  unread: { room: number, seq: number },
  ...setters,
  typing: { room: number },
};

const greeting = { epoch: uuid4, user: person, limits: shape({ text: number }) };

/** @type {Record<string, Check>} */
const EVENTS = {
  hello: shape({ ...greeting, rooms: listOf(isRoom) }),
  room: isRoom,
  left: shape({ room: number }),
  ack: shape({ id: uuid4, room: number, seq: number, rev: number, unheard: logins, off: logins }),
  message: shape({ room: number, ...message }),
  live: shape({ room: number, rev: count }),
  reset: shape({ room: number, rev: count }),
  heads: shape({ rooms: cursors }),
  presence: shape({ room: number, here: flag, people: listOf(person) }),
  typing: shape({ room: number, user: person }),
  notice: shape({ room: number, seq: number, title: text, body: text, path: text, sound: flag, time: number }),
  read: shape({ room: number, seq: count, back: optional((value) => value === true), ...unreadOnes }),
  ...Object.fromEntries(Object.entries(setters).map(([type, fields]) => [type, shape(fields)])),
  error: shape({ id: optional(text), code: text, message: text, retry_after: optional((value) => value >= 0) }),
};

const arrival = shape({
  ...{ ...greeting, room: isRoom, is_admin: flag, csrf_token: text },
  ...{ has_older: flag, has_newer: flag, marked: count },
});
const people = shape({ members: listOf(person) });
const page = shape({ messages: listOf(shape(message)), last_seq: count, last_rev: count });
/** @type {(check: Check) => Check} */
const orNull = (check) => (value) => value === null || optional(check)(value);
/** @type {Check} */
const piece = (value) => Array.isArray(value) && text(value[0]) && flag(value[1]);
const findings = shape({
  ...{ hits: listOf(shape({ room: number, message: shape(message), excerpt: listOf(piece) })), next: orNull(text) },
  ...{ until: orNull(time), indexing: orNull(shape({ until: orNull(time) })), meant: orNull(text), cut: optional(flag) },
});

/**
 * One command as the JSON of its frame.
 *
 * @param {{type: string, [field: string]: unknown}} command
 * @throws {ProtocolError} the server would refuse it
 */
export function encode({ type, ...fields }) {
  const known = Object.hasOwn(COMMANDS, type) ? COMMANDS[type] : undefined;
  const checks = known === post && "files" in fields ? postWithFiles : known;
  if (!checks || !shape(checks)(fields) || Object.keys(fields).some((name) => !Object.hasOwn(checks, name))) {
    throw new ProtocolError(`not a command: ${type}`);
  }
  return JSON.stringify({ type, ...fields });
}

/**
 * The events of one frame, one a line. Those of types that only a later server has are skipped.
 *
 * @param {string} frame
 * @returns {ServerEvent[]}
 * @throws {ProtocolError} a line is no JSON, or an event lacks what its type requires
 */
export function decode(frame) {
  const events = [];
  for (const line of frame.split("\n")) {
    const event = line.trim() && parse(line);
    if (!event || !Object.hasOwn(EVENTS, event.type)) continue;
    if (!EVENTS[event.type](event)) throw new ProtocolError(`malformed event: ${event.type}`);
    events.push(event);
  }
  return events;
}

/**
 * The answer to a request for history.
 *
 * @param {unknown} answer
 * @returns {Page}
 * @throws {ProtocolError}
 */
export function asPage(answer) {
  if (!page(answer)) throw new ProtocolError("malformed page");
  return /** @type {Page} */ (answer);
}

/**
 * The answer to a request for members.
 *
 * @param {unknown} answer
 * @returns {Person[]}
 * @throws {ProtocolError}
 */
export function asMembers(answer) {
  if (!people(answer)) throw new ProtocolError("malformed members");
  return /** @type {{members: Person[]}} */ (answer).members;
}

/**
 * The answer to a search for messages.
 *
 * @param {unknown} answer
 * @returns {Findings}
 * @throws {ProtocolError}
 */
export function asFindings(answer) {
  if (!findings(answer)) throw new ProtocolError("malformed findings");
  return /** @type {Findings} */ (answer);
}

/**
 * What a page arrived with.
 *
 * @param {unknown} given
 * @returns {Arrival}
 * @throws {ProtocolError}
 */
export function asArrival(given) {
  if (!arrival(given)) throw new ProtocolError("malformed state of the page");
  return /** @type {Arrival} */ (given);
}

/**
 * A random UUID version 4. `crypto.randomUUID` exists on https and localhost only; this works everywhere.
 *
 * @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array} fill
 */
export function uuid(fill = (bytes) => crypto.getRandomValues(bytes)) {
  const bytes = fill(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** @param {string} line */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    throw new ProtocolError("a line that is no JSON");
  }
}
