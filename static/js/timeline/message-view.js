/**
 * One message on the page: read from what the server wrote, or filled into a copy of the same template.
 *
 * @import {Message, Person} from '../state/types.js'
 * @import {MessageItem} from './grouping.js'
 */

import { timeLabel, wholeLabel } from "../lib/calendar.js";
import { GONE, fillDetails, readDetails } from "./details-view.js";
import { byId, setText, within } from "../lib/dom.js";
import { showLinked } from "../lib/links.js";
import { readHtml, showHtml } from "../lib/markup.js";
import { initials, isEmojiOnly } from "../lib/text.js";

const HUES = 12;

/**
 * The message that the server wrote into an element.
 *
 * @param {HTMLElement} element
 * @returns {Message}
 */
export function readMessage(element) {
  const { authorHue, authorId, authorLogin, authorName, deleted, mentions, rev, seq } = element.dataset;
  return {
    ...{ seq: Number(seq), rev: Number(rev), ...(deleted === undefined ? readText(within(element, ".message__text")) : { text: "" }) },
    author: { id: Number(authorId), login: authorLogin ?? "", name: authorName ?? "", ...hueOf(authorHue) },
    time: within(element, "time").getAttribute("datetime") ?? "",
    ...(mentions ? { mentions: mentions.split(" ").map(Number) } : {}),
    ...readDetails(element.dataset),
  };
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
  within(element, ".message__profile").setAttribute("href", profilePath(author));
  fillAvatar(within(element, ".avatar"), author);
  fillTime(within(element, "time"), item.time);
  fillText(within(element, ".message__text"), message?.deleted ? GONE : text, message?.html);
  fillDetails(element, item);
  within(element, "time").hidden = status !== "sent";
  within(element, ".message__state").hidden = status !== "waiting";
  within(element, ".message__failure").hidden = status !== "late" && status !== "failed";
  for (const line of [".message__state", ".message__reason"]) setText(within(element, line), item.reason);
}

/**
 * @param {HTMLElement} element
 * @param {Person} person
 */
export function fillAvatar(element, { hue, id, name }) {
  element.dataset.hue = String(hue ?? id % HUES);
  setText(element, initials(name));
}

/** @param {Person} person */
export function profilePath({ login }) {
  return `/people/${encodeURIComponent(login)}?room=${byId("room", HTMLElement).dataset.roomId}`;
}

/**
 * The colour that somebody chose, as an attribute tells it.
 *
 * @param {string | undefined} told
 */
export function hueOf(told) {
  return told ? { hue: Number(told) } : {};
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
