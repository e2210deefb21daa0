/**
 * The few words of a message that stand above a reply to it. Pure.
 */

import { isVisible } from "./text.js";

// As in app/chat/messages/parts/quote.py.
const QUOTE_CHARS = 140;
const FILE_SIGN = "📎";
const LOOKED_AT_CHARS = 1_000;
const MARKS = /^(?:\p{White_Space}|>(?=[>\p{White_Space}]|$)|[-*](?=\p{White_Space}|$)|\x60{3,})+/u;
const FENCE = /^[\p{White_Space}>]*\x60{3,}\p{White_Space}*(?:[\p{L}\p{N}_+#.-]+\p{White_Space}*)?$/u;

/**
 * The beginning of the first line that says something, without the marks before it.
 *
 * @param {string} text
 */
export function firstWords(text) {
  const lines = beginning(text, LOOKED_AT_CHARS).split("\n");
  const said = lines.filter((line) => !FENCE.test(line)).map((line) => line.replace(MARKS, ""));
  return [...said, ...lines].map((line) => beginning(line, QUOTE_CHARS)).find(isVisible) ?? "";
}

/**
 * What stands for a message: its first words, or without words the name of its first file.
 *
 * @param {{text: string, files?: {name: string}[]}} message
 */
export function inWords({ files = [], text }) {
  return text === "" && files.length > 0 ? `${FILE_SIGN} ${files[0].name}` : firstWords(text);
}

/**
 * @param {string} text
 * @param {number} length in characters, as the server counts them
 */
function beginning(text, length) {
  return Array.from(text).slice(0, length).join("");
}
