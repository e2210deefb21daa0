/**
 * The few words of a message that stand above a reply to it. Pure.
 */

import { isVisible } from "./text.js";

/** What stands for a message that was deleted, as in templates/chat/message.html. */
export const GONE = "Message deleted";

// As in app/chat/messages/parts/quote.py, which does not look for words as far.
const MARKS = /^(?:\p{White_Space}|>(?=[>\p{White_Space}]|$)|[-*](?=\p{White_Space}|$))+/u;
const CODE = /^(?:<.?(?:blockquote|p)>|\s)*<pre><code>([^<]*)/;
/** @type {Record<string, string>} */
const SIGNS = { amp: "&", lt: "<", gt: ">", nbsp: "\xa0" };

/**
 * What stands for a message: the beginning of the first line that says something, without the marks before it; or
 * without words the name of its first file.
 *
 * @param {{text: string, html?: string, files?: {name: string}[], deleted?: boolean}} message
 */
export function inWords({ deleted, files: [file] = [], html = "", text }) {
  if (deleted) return GONE;
  if (text === "" && file) return `📎 ${file.name}`;
  const code = CODE.exec(html)?.[1].replace(/&(\w+);/g, (_, sign) => SIGNS[sign]);
  const lines = text.split("\n");
  const said = code?.trim().split("\n") ?? lines.map((line) => line.replace(MARKS, ""));
  return Array.from([...said, ...lines].find(isVisible) ?? "").slice(0, 140).join("");
}
