/**
 * The reactions to a message: a chip for each emoji, with how many people use it and who they are.
 *
 * @import {Carried, Reaction} from '../../state/message.js'
 * @import {Reader} from '../../state/types.js'
 */

import { clone, setText, within } from "../../lib/dom.js";

/**
 * @param {HTMLElement} message
 * @param {Carried} carried
 * @param {Reader} reader
 */
export function fillReactions(message, { reactions = [] }, { viewer }) {
  const list = within(message, ".message__reactions");
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
