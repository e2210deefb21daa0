/**
 * What a person sets for a room of theirs, which nobody else gets. Each has one name: of its field in a room, of the
 * command that sets it, and of the event that says what is set from now on. Pure.
 *
 * @import {Check} from '../lib/shape.js'
 *
 * @typedef {'all' | 'mentions' | 'muted'} Level how much of a room counts as unread for oneself
 *
 * @typedef {{level: Level}} Preferences
 * @typedef {{type: 'level', room: number, level: Level}} Preference one that is set: the command, and the event
 */

import { number, optional } from "../lib/shape.js";

/** @type {Record<keyof Preferences, Check>} */
const CHECKS = { level: (value) => ["all", "mentions", "muted"].includes(value) };

/** @type {Preferences} what holds until it is set */
const FIRST = { level: "all" };

const checks = Object.entries(CHECKS);
/** Those of a room; what is as at first is not there. */
export const preferences = Object.fromEntries(checks.map(([name, check]) => [name, optional(check)]));
/** @type {Record<string, Record<string, Check>>} by type */
export const setters = Object.fromEntries(checks.map(([name, check]) => [name, { room: number, [name]: check }]));

/**
 * What holds in a room.
 *
 * @param {Partial<Preferences>} room
 * @returns {Preferences}
 */
export function preferencesOf(room) {
  const names = /** @type {(keyof Preferences)[]} */ (Object.keys(FIRST));
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, room[name] ?? FIRST[name]])));
}

/**
 * @param {{type: string}} action
 * @returns {action is Preference}
 */
export function isPreference({ type }) {
  return Object.hasOwn(FIRST, type);
}
