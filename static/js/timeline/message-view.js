/**
 * One message on the page: read from what the server wrote, or filled into a copy of the same template.
 *
 * @import {Carried, Message, Reader} from '../state/types.js'
 * @import {MessageItem} from './grouping.js'
 */

import { beside, fillAvatar, profilePath } from "../lib/avatar.js";
import { timeLabel, wholeLabel } from "../lib/calendar.js";
import { setText, within } from "../lib/dom.js";
import { showLinked } from "../lib/links.js";
import { readHtml, showHtml } from "../lib/markup.js";
import { GONE } from "../lib/quotes.js";
import { isEmojiOnly } from "../lib/text.js";
import { fillChanged } from "./parts/changed.js";
import { fillFiles } from "./parts/files.js";
import { fillPreview } from "./parts/preview.js";
import { fillQuote } from "./parts/quote.js";
import { fillReactions } from "./parts/reactions.js";
import { fillUpload } from "./parts/upload.js";

/** What a message carries beside its text, each in a file of `parts`: shown by a function of this shape.
 * @type {((element: HTMLElement, carried: Carried, reader: Reader) => void)[]} */
const PARTS = [fillQuote, fillFiles, fillUpload, fillPreview, fillReactions, fillChanged];

/**
 * The message that the server wrote into an element: its text as it is shown, all else in one attribute.
 *
 * @param {HTMLElement} element
 * @returns {Message}
 */
export function readMessage(element) {
  const message = JSON.parse(element.dataset.message ?? "");
  return { ...message, ...(message.deleted ? { text: "" } : readText(within(element, ".message__text"))) };
}

/**
 * @param {HTMLElement} element
 * @param {MessageItem} item
 */
export function fillMessage(element, item) {
  const { author, message, status, text } = item;
  element.toggleAttribute("data-starts-group", item.startsGroup);
  element.toggleAttribute("data-calls", item.calls);
  element.dataset.status = status;
  element.dataset.key = item.key;
  element.dataset.seq = message ? String(message.seq) : "";
  setText(within(element, ".message__author"), author.name);
  setText(within(element, ".message__beside"), beside(author));
  within(element, ".message__profile").setAttribute("href", profilePath(author));
  fillAvatar(within(element, ".avatar"), author);
  fillTime(within(element, "time"), item.time);
  fillText(within(element, ".message__text"), message?.deleted ? GONE : text, message?.html);
  for (const fill of PARTS) fill(element, item.carried, item.reader);
  within(element, "time").hidden = status !== "sent";
  within(element, ".message__state").hidden = status !== "waiting";
  within(element, ".message__failure").hidden = status !== "late" && status !== "failed";
  for (const line of [".message__state", ".message__reason"]) setText(within(element, line), item.reason);
}

/**
 * @param {HTMLElement} element
 * @param {number} time milliseconds
 */
function fillTime(element, time) {
  element.setAttribute("datetime", new Date(time).toISOString());
  element.title = wholeLabel(time);
  setText(element, timeLabel(time));
}

/**
 * What was typed, and its html where it has markup.
 *
 * @param {HTMLElement} element
 * @returns {{text: string, html?: string}}
 */
function readText(element) {
  const { text } = element.dataset;
  return text === undefined ? { text: element.textContent ?? "" } : { text, html: readHtml(element) };
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 * @param {string} [html] of the server
 */
function fillText(element, text, html) {
  if (html !== undefined) {
    element.dataset.text = text;
    element.removeAttribute("data-emoji-only");
    showHtml(element, html);
    return;
  }
  delete element.dataset.text;
  element.toggleAttribute("data-emoji-only", isEmojiOnly(text));
  showLinked(element, text);
}
