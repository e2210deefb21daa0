/**
 * Buttons below the text of a search: one for each operator in it, which takes it out, and some that put one in.
 *
 * @import {State} from '../state/types.js'
 * @import {Edited} from './operators.js'
 */

import { clone } from "../lib/dom.js";
import { place } from "./completions.js";
import { beginningAt, filtersIn, withFilter, without } from "./operators.js";

/** What may be put in: a name alone, whose value is then chosen, or both. */
const OFFERS = ["from:", "in:", "to:me", "after:", "before:", "has:"];

export class Chips {
  #element;
  #edit;

  /**
   * @param {HTMLElement} element
   * @param {(edited: Edited) => void} edit
   */
  constructor(element, edit) {
    this.#element = element;
    this.#edit = edit;
  }

  /**
   * @param {string} text
   * @param {number} caret
   * @param {State} state
   */
  show(text, caret, { me, open, rooms }) {
    const filters = filtersIn(text);
    const given = filters.filter(({ value }) => value !== "");
    const here = place(rooms[open], me);
    const isAnywhere = !filters.some(({ name }) => name === "in");
    const offers = OFFERS.filter((each) => !filters.some(({ name }) => each.startsWith(`${name}:`)));
    const typed = beginningAt(text, caret).toLowerCase();
    const meant = offers.filter((each) => typed !== "" && each.startsWith(typed));
    const [at, begun] = [caret, caret - typed.length].map((begin) => ({ begin, end: caret }));
    this.#element.replaceChildren(
      ...given.map((each) => this.#chip(text.slice(each.begin, each.end), () => without(text, each), true)),
      ...meant.map((each) => this.#chip(each, () => put(text, begun, each))),
      ...(here && isAnywhere ? [this.#chip(`Only in ${here.label}`, () => withFilter(text, at, "in", here.value))] : []),
      ...offers.filter((each) => !meant.includes(each)).map((each) => this.#chip(each, () => put(text, at, each))),
    );
  }

  /**
   * @param {string} label
   * @param {() => Edited} edited
   * @param {boolean} [isGiven] it stands in the text; pressing it takes it out
   */
  #chip(label, edited, isGiven = false) {
    const chip = clone("search-chip-template");
    chip.textContent = label;
    if (isGiven) chip.setAttribute("aria-pressed", "true");
    chip.addEventListener("click", () => this.#edit(edited()));
    return chip;
  }
}

/**
 * @param {string} text
 * @param {{begin: number, end: number}} place
 * @param {string} offer
 */
function put(text, place, offer) {
  const [name, value] = offer.split(":");
  return withFilter(text, place, name, value || undefined);
}
