/**
 * Messages that were found, as lines to choose: where, who and when; then the words, those that were looked for marked.
 *
 * @import {Hit, State} from '../state/types.js'
 */

import { beside } from "../lib/avatar.js";
import { momentLabel, wholeLabel } from "../lib/calendar.js";
import { clone, setText, within } from "../lib/dom.js";
import { titleOf } from "../state/room.js";

/** So much may stand before what was looked for, that it is on the second line at the latest. */
const CHARS_BEFORE = { narrow: 30, wide: 90 };

/** What a cut leaves of a sign: the end of an emoji, marks of a letter that is gone. */
const CUT_SIGN = /^(?:\p{Cs}|\p{M}|\u200d.|\p{Emoji_Modifier})+/u;
/** What it leaves of a word; longer ones are texts in which no spaces stand between words. */
const CUT_WORD = /^\S{0,12}\s+/u;

/**
 * @param {Hit} hit
 * @param {State} state
 * @param {number} now milliseconds
 * @param {HTMLElement} [element] of the same message, for what was asked before
 */
export function hitOption({ excerpt, message, room }, { me, rooms }, now, element = clone("search-hit-template")) {
  const most = matchMedia("(max-width: 499px)").matches ? CHARS_BEFORE.narrow : CHARS_BEFORE.wide;
  element.classList.add("search-box__option");
  element.setAttribute("role", "option");
  element.tabIndex = -1;
  element.id = hitId({ message, room });
  element.setAttribute("href", `/rooms/${room}/${message.seq}`);
  setText(within(element, ".hit__room"), rooms[room] ? nameOf(rooms[room], me) : "");
  setText(within(element, ".hit__author"), message.author.name);
  setText(within(element, ".hit__beside"), beside(message.author));
  const time = within(element, ".hit__time");
  time.setAttribute("datetime", message.time);
  time.title = wholeLabel(Date.parse(message.time));
  setText(time, momentLabel(Date.parse(message.time), now));
  within(element, ".hit__excerpt").replaceChildren(...shortened(excerpt, most).map(([text, isHit]) => (isHit ? marked(text) : text)));
  return element;
}

/** @param {Pick<Hit, 'message' | 'room'>} hit */
export function hitId({ message, room }) {
  return `search-hit-${room}-${message.seq}`;
}

/**
 * An excerpt with at most so many characters before what was looked for.
 *
 * @param {Hit['excerpt']} excerpt
 * @param {number} most
 * @returns {Hit['excerpt']}
 */
export function shortened(excerpt, most) {
  const [first, ...others] = excerpt;
  if (!first || first[1] || others.length === 0) return excerpt;
  const rest = first[0].slice(-most).replace(CUT_SIGN, "").replace(CUT_WORD, "");
  return first[0].length > most ? [[`… ${rest}`, false], ...others] : excerpt;
}

/**
 * @param {State['rooms'][number]} room
 * @param {State['me']} me
 */
function nameOf(room, me) {
  return room.kind === "direct" ? titleOf(room, me) : `# ${room.name}`;
}

/** @param {string} text */
function marked(text) {
  const element = document.createElement("mark");
  element.textContent = text;
  return element;
}
