/**
 * Changes to a text that is being written: marks around a selection, names put in. All but `edit` is pure.
 *
 * @typedef {object} Edit
 * @property {number} from
 * @property {number} to what stands from there to here makes way
 * @property {string} text
 * @property {number} start where the selection then begins
 * @property {number} end
 */

import { SPACED, UNSPACED } from "../lib/links.js";

/** Of what a login is typed, mostly: app/auth/names.py has all of it. */
const LOGIN = String.raw`[\p{L}\p{M}\p{N}._'’‘ʼʻ׳״·・་\u0f0c\u180e\u200c\u200d\-]`;
const CALL = new RegExp(String.raw`(?<!(?:[.@\-]|(?<!@${LOGIN}{3,64})\/|${SPACED})_*)@(?<begin>${LOGIN}{0,32})$`, "u"); // as app/chat/markup/mentions.py

/** What of a login may stand behind the caret: the rest of the word, but for the signs that end it. */
const REST = new RegExp(String.raw`^${LOGIN}*[\p{L}\p{M}\p{N}]`, "u");

/** And where scripts without spaces go on behind one that has them, another word begins. */
const NOT_SPACED = new RegExp(UNSPACED, "u");

/**
 * The selection between two marks, without the white space around it.
 *
 * @param {string} value
 * @param {number} start
 * @param {number} end
 * @param {string} mark
 * @param {string} [closing]
 * @returns {Edit}
 */
export function wrapped(value, start, end, mark, closing = mark) {
  const inner = value.slice(start, end);
  const from = inner.trim() ? start + inner.length - inner.trimStart().length : start;
  const to = inner.trim() ? end - inner.length + inner.trimEnd().length : end;
  const [first, last] = [from + mark.length, to + mark.length];
  return { from, to, text: `${mark}${value.slice(from, to)}${closing}`, start: first, end: last };
}

/**
 * The selection with a mark around it, or without where it has one: inside of it, or just outside.
 *
 * @param {string} value
 * @param {number} start
 * @param {number} end
 * @param {string} mark `*`, `**` or a backtick
 * @returns {Edit}
 */
export function toggled(value, start, end, mark) {
  const inner = value.slice(start, end);
  const { length } = mark;
  if (isMarked(inner, inner, mark) && inner.length > 2 * length) {
    const text = inner.slice(length, -length);
    return { from: start, to: end, text, start, end: start + text.length };
  }
  if (!isMarked(value.slice(end), value.slice(0, start), mark)) return wrapped(value, start, end, mark);
  return { from: start - length, to: end + length, text: inner, start: start - length, end: end - length };
}

/**
 * Whether one text begins with a mark and another ends with it; `**` is no `*`, and `***` is both.
 *
 * @param {string} beginning
 * @param {string} ending
 * @param {string} mark
 */
function isMarked(beginning, ending, mark) {
  const sign = mark[0];
  const runs = [run(Array.from(beginning), sign), run(Array.from(ending).reverse(), sign)];
  return runs.every((length) => (mark === "*" ? length === 1 || length > 2 : length >= mark.length));
}

/**
 * @param {string[]} signs
 * @param {string} sign
 */
function run(signs, sign) {
  const end = signs.findIndex((each) => each !== sign);
  return end < 0 ? signs.length : end;
}

/**
 * Where somebody is being called at the caret, from the @ to the end of the word, and what of it is before the caret.
 *
 * @param {string} value
 * @param {number} caret
 */
export function callBefore(value, caret) {
  const begin = CALL.exec(value.slice(0, caret))?.groups?.begin;
  if (begin === undefined) return null;
  const rest = REST.exec(value.slice(caret))?.[0] ?? "";
  const other = NOT_SPACED.test(begin) ? -1 : rest.search(NOT_SPACED);
  return { from: caret - begin.length - 1, to: caret + (other < 0 ? rest.length : other), begin };
}

/**
 * The call with a whole login, and a space where a word might follow.
 *
 * @param {string} value
 * @param {{from: number, to: number}} call
 * @param {string} login
 * @returns {Edit}
 */
export function called(value, { from, to }, login) {
  const genitive = login.includes("'") ? -1 : value.slice(from, to).search(/['’ʼ]/u); // @bob's
  const end = genitive < 0 ? to : from + genitive;
  const isFollowed = /^[\s\p{P}]/u.test(value.slice(end));
  const caret = from + login.length + (/^[^\s]/.test(value.slice(end)) && isFollowed ? 1 : 2);
  return { from, to: end, text: `@${login}${isFollowed ? "" : " "}`, start: caret, end: caret };
}

/**
 * Makes a change as if it were typed, so that the browser can undo it.
 *
 * @param {HTMLTextAreaElement} element
 * @param {Edit} change
 */
export function edit(element, { from, to, text, start, end }) {
  element.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    element.setRangeText(text, from, to, "end");
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
  element.setSelectionRange(start, end);
}
