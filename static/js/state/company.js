/**
 * Who is in a room now, and who is typing. Pure; part of the reducer.
 *
 * @import {Person, Presence, Room, Typing} from './types.js'
 */

const TYPING_MS = 5_000;

/**
 * @param {Room} room
 * @param {Presence} event
 * @returns {Room}
 */
export function peopled(room, { here, people }) {
  const ids = new Set(people.map((person) => person.id));
  const others = room.people.filter((person) => !ids.has(person.id));
  return { ...room, people: here ? [...others, ...people].sort(byName) : others };
}

/**
 * @param {Room} room
 * @param {Typing} event
 * @param {number} now
 * @returns {Room}
 */
export function typed(room, { user }, now) {
  const others = room.typing.filter((each) => each.user.id !== user.id);
  return { ...room, typing: [...others, { user, until: now + TYPING_MS }] };
}

/**
 * @param {Room} room
 * @param {number} now
 * @returns {Room}
 */
export function settledTyping(room, now) {
  const typing = room.typing.filter((each) => each.until > now);
  return typing.length < room.typing.length ? { ...room, typing } : room;
}

/**
 * @param {Person} one
 * @param {Person} other
 */
function byName(one, other) {
  return one.name.localeCompare(other.name) || one.id - other.id;
}
