/**
 * The stretch of a room's messages that is loaded: a list by rising seq, changed only by making a new one. Pure.
 *
 * @import {Message} from './types.js'
 */

/** How many messages a page keeps once the reader has moved on. */
export const WINDOW = 300;

/** How many it lets pile up under a reader who is further up, before new ones are left to be loaded later. */
export const WINDOW_WHILE_READING = 600;

/**
 * The list with `message` in its place; the same list when it holds this or a newer state already.
 *
 * @param {Message[]} messages
 * @param {Message} message
 */
export function upsert(messages, message) {
  const index = indexOf(messages, message.seq);
  const held = messages[index];
  if (held?.seq !== message.seq) return messages.toSpliced(index, 0, message);
  if (held.rev >= message.rev) return messages;
  const key = held.key ?? message.key;
  return messages.with(index, key === undefined ? message : { ...message, key });
}

/**
 * The list with those of `others` that fall into it or directly continue it.
 *
 * @param {Message[]} messages
 * @param {Message[]} others in any order
 */
export function absorb(messages, others) {
  let result = messages;
  for (const message of others.toSorted((one, other) => one.seq - other.seq || one.rev - other.rev)) {
    const first = result.at(0)?.seq ?? 1;
    const last = result.at(-1)?.seq ?? 0;
    if (message.seq >= first && message.seq <= last + 1) result = upsert(result, message);
  }
  return result;
}

/**
 * The message with this seq, if it is in the list.
 *
 * @param {Message[]} messages
 * @param {number} seq
 */
export function find(messages, seq) {
  const found = messages[indexOf(messages, seq)];
  return found?.seq === seq ? found : undefined;
}

/**
 * @param {Message[]} messages
 * @param {number} seq
 */
export function holds(messages, seq) {
  return find(messages, seq) !== undefined;
}

/**
 * Where the first message with this or a greater seq is. New messages are the common case, so the end is looked at first.
 *
 * @param {Message[]} messages
 * @param {number} seq
 */
function indexOf(messages, seq) {
  let low = 0;
  let high = messages.length;
  if (high === 0 || messages[high - 1].seq < seq) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
