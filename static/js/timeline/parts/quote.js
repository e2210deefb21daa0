/**
 * What a reply quotes: a few words of another message above its text, which lead there.
 *
 * @import {Carried, Reader} from '../../state/types.js'
 */

import { clone, setText, within } from "../../lib/dom.js";
import { GONE } from "../../lib/quotes.js";

/**
 * @param {HTMLElement} message
 * @param {Carried} carried
 * @param {Reader} reader
 */
export function fillQuote(message, { quote, reply_to: seq }, { room }) {
  const shown = message.querySelector(".quote");
  if (seq === undefined) {
    shown?.remove();
    return;
  }
  const element = shown ?? clone("quote-template");
  if (!shown) within(message, ".message__head").after(element);
  element.setAttribute("href", `/rooms/${room}/${seq}`);
  setText(within(element, ".quote__author"), quote ? quote.author.name : `message ${seq}`);
  setText(within(element, ".quote__text"), quote?.deleted ? GONE : (quote?.text ?? ""));
}

/**
 * To the message that is quoted, if it is on the page; else the link leads there.
 *
 * @param {MouseEvent} event
 * @param {Carried} reply
 * @param {HTMLElement} log
 */
export function followQuote(event, { reply_to: seq }, log) {
  const original = log.querySelector(`.message[data-seq="${seq}"]`);
  if (!(original instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  mark(original, log);
  original.scrollIntoView({ block: "center" });
  original.focus({ preventScroll: true });
}

/**
 * Marks the one message that was asked for.
 *
 * @param {HTMLElement} message
 * @param {HTMLElement} log
 */
export function mark(message, log) {
  for (const marked of log.querySelectorAll("[data-marked]")) marked.removeAttribute("data-marked");
  message.toggleAttribute("data-marked", true);
}
