/**
 * What a page of history does to a room. Pure; part of the reducer.
 *
 * @import {FetchFailed, Fetching, Message, PageLoaded, Room} from './types.js'
 */

import { WINDOW, absorb } from "./message-list.js";

/**
 * @param {Room} room
 * @param {Fetching} action
 * @returns {Room}
 */
export function fetching(room, { edge }) {
  const isFirst = !Object.values(room.loading).includes("loading");
  const held = isFirst && room.phase !== "stale" ? [] : room.held;
  return { ...room, held, loading: { ...room.loading, [edge]: "loading" } };
}

/**
 * @param {Room} room
 * @param {FetchFailed} action
 * @returns {Room}
 */
export function fetchFailed(room, { edge }) {
  return { ...room, loading: { ...room.loading, [edge]: "failed" } };
}

/**
 * The room with a page at one edge of its window, the far edge trimmed; a page that no longer fits is dropped, and so is
 * one from before a reset.
 *
 * @param {Room} before
 * @param {PageLoaded} action
 * @returns {Room}
 */
export function pageLoaded(before, { edge, bound, page }) {
  const room = { ...before, loading: { ...before.loading, [edge]: /** @type {const} */ ("idle") } };
  if (edge === "older") return bound === room.messages.at(0)?.seq ? older(room, page.messages) : room;
  if (edge === "newer") return bound === room.messages.at(-1)?.seq ? newer(room, page) : room;
  if (page.last_rev < room.resetRev) return room;
  return room.phase === "stale" ? replaced(room, page) : moved(room, page);
}

/**
 * @param {Room} room
 * @param {Message[]} messages
 * @returns {Room}
 */
function older(room, messages) {
  const all = absorb([...messages, ...room.messages], room.held);
  const first = all.at(0)?.seq ?? 1;
  return {
    ...{ ...room, messages: all.slice(0, WINDOW), atStart: messages.length === 0 || first === 1 },
    atEnd: room.atEnd && all.length <= WINDOW,
  };
}

/**
 * @param {Room} room
 * @param {PageLoaded['page']} page
 * @returns {Room}
 */
function newer(room, page) {
  const all = absorb([...room.messages, ...page.messages], room.held);
  const lastSeq = Math.max(room.lastSeq, page.last_seq);
  return {
    ...{ ...room, lastSeq, messages: all.slice(-WINDOW), atStart: room.atStart && all.length <= WINDOW },
    atEnd: page.messages.length === 0 || (all.at(-1)?.seq ?? 0) >= lastSeq,
  };
}

/**
 * The window elsewhere in the same room: states of messages that the stream brought meanwhile win over the page's.
 *
 * @param {Room} room
 * @param {PageLoaded['page']} page
 * @returns {Room}
 */
function moved(room, page) {
  const messages = absorb(page.messages, [...room.messages, ...room.held]);
  const lastSeq = Math.max(room.lastSeq, page.last_seq);
  return {
    ...{ ...room, messages, lastSeq, atStart: (messages.at(0)?.seq ?? 1) === 1 },
    atEnd: (messages.at(-1)?.seq ?? 0) >= lastSeq,
  };
}

/**
 * After a reset nothing of before counts: the page, and what the stream brought since.
 *
 * @param {Room} room
 * @param {PageLoaded['page']} page
 * @returns {Room}
 */
function replaced(room, page) {
  const messages = absorb(page.messages, room.held);
  const lastSeq = messages.at(-1)?.seq ?? 0;
  const cursor = room.held.reduce((rev, message) => Math.max(rev, message.rev), page.last_rev);
  return {
    ...{ ...room, messages, lastSeq, cursor, phase: "live", held: [] },
    ...{ atStart: (messages.at(0)?.seq ?? 1) === 1, atEnd: true, readSeq: Math.min(room.readSeq, lastSeq) },
  };
}
