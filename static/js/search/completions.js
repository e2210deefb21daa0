/**
 * What the value of an operator may be: people, rooms, days. Pure.
 *
 * @import {Person, Room} from '../state/types.js'
 *
 * @typedef {{value: string, label: string, note: string}} Completion
 *
 * @typedef {object} Known what values are made of
 * @property {Person} me
 * @property {Person[]} people
 * @property {Room[]} rooms the first of which is open
 * @property {number} now milliseconds
 */

import { dayOf } from "../lib/calendar.js";
import { folded } from "../lib/folding.js";
import { fitting } from "../lib/fuzzy.js";
import { others } from "../state/room.js";
import { nameIn } from "./operators.js";

const MOST = 8;

/** What stands above them. @type {Record<string, string>} */
export const TITLES = { from: "People", mentions: "People", to: "People", in: "Rooms", has: "What it has", before: "Days", after: "Days", on: "Days" };

/** Of each operator, the values that it may have.
 * @type {Record<string, (known: Known) => Completion[]>} */
const VALUES = {
  from: ({ me, people }) => [own("me", me), ...people.map(person)],
  in: ({ me, rooms }) => rooms.flatMap((room) => place(room, me) ?? []),
  to: ({ me }) => [own("me", me)],
  mentions: ({ me, people }) => [own("me", me), ...people.map(person), { value: "all", label: "all", note: "everybody" }],
  before: ({ now }) => times("before", now),
  after: ({ now }) => times("after", now),
  on: ({ now }) => times("on", now),
  has: () => [
    { value: "file", label: "file", note: "of any kind" },
    { value: "picture", label: "picture", note: "a photo or drawing" },
    { value: "link", label: "link", note: "a web address" },
    { value: "code", label: "code", note: "between backticks" },
    { value: "reaction", label: "reaction", note: "an emoji below it" },
  ],
};

/**
 * The values that fit what is typed of one; none once it is one of them.
 *
 * @param {{name: string, value: string}} filter
 * @param {Known} known
 */
export function completionsOf({ name, value }, known) {
  const all = VALUES[name](known);
  const typed = name === "in" ? value : nameIn(value);
  if (all.some((each) => folded(each.value) === folded(typed))) return [];
  return fitting(typed, all, (each) => [each.value, each.label]).slice(0, MOST);
}

/**
 * A room as `in:` names it; null for a conversation of several, which has no name.
 *
 * @param {Room} room
 * @param {Person} me
 * @returns {Completion | null}
 */
export function place({ archived, kind, members, name }, me) {
  const note = archived ? "archived" : "";
  if (kind !== "direct") return { value: name, label: `# ${name}`, note };
  const [other, ...more] = others(members, me);
  return other && more.length === 0 ? { value: `@${other.login}`, label: other.name, note } : null;
}

/**
 * @param {Person} person
 * @returns {Completion}
 */
function person({ login, name }) {
  return { value: login, label: name, note: `@${login}` };
}

/**
 * @param {string} value
 * @param {Person} me
 * @returns {Completion}
 */
function own(value, { login }) {
  return { value, label: value, note: `you, @${login}` };
}

/**
 * Days, months and years, by the operators for which they make sense: `after:` a day leaves that day out.
 *
 * @param {string} operator
 * @param {number} now
 * @returns {Completion[]}
 */
function times(operator, now) {
  const [year, month, day] = [new Date(now).getFullYear(), new Date(now).getMonth(), new Date(now).getDate()];
  const weekday = (new Date(now).getDay() + 6) % 7; // 0: Monday
  const dayAgo = (/** @type {number} */ days) => dayOf(new Date(year, month, day - days).getTime());
  const monthAgo = (/** @type {number} */ months) => dayOf(new Date(year, month - months, 1).getTime()).slice(0, 7);
  /** @type {[string, string, string][]} */
  const all = [
    ["before on", "today", dayAgo(0)],
    ["before after on", "yesterday", dayAgo(1)],
    ["before", "this week", dayAgo(weekday)],
    ["after", "last week", dayAgo(weekday + 1)],
    ["before on", "this month", monthAgo(0)],
    ["before after on", "last month", monthAgo(1)],
    ["before on", "this year", String(year)],
    ["after on", "last year", String(year - 1)],
  ];
  const fitting = all.filter(([operators]) => operators.split(" ").includes(operator));
  return fitting.map(([, label, value]) => ({ value, label, note: value }));
}
