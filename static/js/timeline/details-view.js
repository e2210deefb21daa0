/**
 * What a message carries beside its text: what it replies to, reactions, that it was edited or deleted.
 *
 * @import {Message, Quote, Reaction} from '../state/types.js'
 * @import {MessageItem} from './grouping.js'
 */

import { wholeLabel } from "../lib/calendar.js";
import { clone, setText, within } from "../lib/dom.js";
import { firstWords } from "../lib/quotes.js";

/** As in templates/chat/message.html. */
export const GONE = "Message deleted";

/**
 * What the server wrote into the attributes of a message.
 *
 * @param {DOMStringMap} dataset
 * @returns {Partial<Message>}
 */
export function readDetails({ deleted, edited, quote, reactions, replyTo }) {
  return {
    ...(replyTo ? { reply_to: Number(replyTo) } : {}),
    ...(quote ? { quote: JSON.parse(quote) } : {}),
    ...(edited ? { edited } : {}),
    ...(deleted === undefined ? {} : { deleted: true }),
    ...(reactions ? { reactions: JSON.parse(reactions) } : {}),
  };
}

/**
 * @param {HTMLElement} element
 * @param {MessageItem} item
 */
export function fillDetails(element, { message, quote, replyTo, room, viewer }) {
  const edited = message?.edited;
  element.toggleAttribute("data-deleted", Boolean(message?.deleted));
  element.toggleAttribute("data-edited", Boolean(edited));
  within(element, ".message__text").title = edited ? `Edited ${wholeLabel(Date.parse(edited))}` : "";
  fillReactions(within(element, ".message__reactions"), message?.reactions ?? [], viewer);
  fillQuote(element, replyTo === null ? null : { room, seq: replyTo, quote });
}

/**
 * @param {HTMLElement} message
 * @param {{room: number, seq: number, quote: Quote | null} | null} reply
 */
function fillQuote(message, reply) {
  const shown = message.querySelector(".quote");
  if (!reply) {
    shown?.remove();
    return;
  }
  const { quote, room, seq } = reply;
  const element = shown ?? clone("quote-template");
  if (!shown) within(message, ".message__head").after(element);
  element.setAttribute("href", `/rooms/${room}/${seq}`);
  setText(within(element, ".quote__author"), quote ? quote.author.name : `message ${seq}`);
  setText(within(element, ".quote__text"), quote?.deleted ? GONE : firstWords(quote?.text ?? ""));
}

/**
 * @param {HTMLElement} list
 * @param {Reaction[]} reactions
 * @param {number} viewer
 */
function fillReactions(list, reactions, viewer) {
  list.hidden = reactions.length === 0;
  const wanted = new Set(reactions.map((reaction) => reaction.emoji));
  for (const chip of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".reaction"))) {
    if (!wanted.has(chip.dataset.emoji ?? "")) chip.remove();
  }
  reactions.forEach((reaction, index) => {
    const chip = fillChip(chipOf(list, reaction.emoji), reaction, viewer);
    if (list.children[index] !== chip) list.insertBefore(chip, list.children[index] ?? null);
  });
}

/**
 * The chip that is there, so that it keeps the focus, or a new one.
 *
 * @param {HTMLElement} list
 * @param {string} emoji
 */
function chipOf(list, emoji) {
  const chips = /** @type {HTMLElement[]} */ (Array.from(list.children));
  return chips.find((chip) => chip.dataset.emoji === emoji) ?? clone("reaction-template");
}

/**
 * @param {HTMLElement} chip
 * @param {Reaction} reaction
 * @param {number} viewer
 */
function fillChip(chip, { emoji, people }, viewer) {
  const names = people.map((person) => person.name).join(", ");
  chip.dataset.emoji = emoji;
  chip.title = names;
  chip.setAttribute("aria-pressed", String(people.some((person) => person.id === viewer)));
  chip.setAttribute("aria-label", `${emoji} ${people.length}: ${names}`);
  setText(within(chip, ".reaction__emoji"), emoji);
  setText(within(chip, ".reaction__count"), String(people.length));
  return chip;
}
