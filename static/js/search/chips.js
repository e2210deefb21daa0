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
  #text = "";
  #caret = 0;
  #shown = "";

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
    [this.#text, this.#caret] = [text, caret];
    const filters = filtersIn(text);
    const given = filters.filter(({ value }) => value !== "").map(({ begin, end }) => text.slice(begin, end));
    const here = filters.some(({ name }) => name === "in") ? null : place(rooms[open], me);
    const offers = OFFERS.filter((each) => !filters.some(({ name }) => each.startsWith(`${name}:`)));
    const meant = offers.filter((each) => this.#isBegun(each));
    const others = offers.filter((each) => !meant.includes(each));
    const labels = JSON.stringify([given, meant, here?.label, others]);
    if (labels === this.#shown) return;
    this.#shown = labels;
    this.#element.replaceChildren(
      ...given.map((each, index) => this.#given(each, index)),
      ...meant.map((each) => this.#chip(each, () => this.#put(each))),
      ...(here ? [this.#chip(`Only in ${here.label}`, () => this.#put(`in:${here.value}`))] : []),
      ...others.map((each) => this.#chip(each, () => this.#put(each))),
    );
  }

  /**
   * What is being typed is the beginning of this.
   *
   * @param {string} offer
   */
  #isBegun(offer) {
    const typed = beginningAt(this.#text, this.#caret).toLowerCase();
    return typed !== "" && offer.startsWith(typed);
  }

  /**
   * The text with an operator at the caret, or in place of its beginning there.
   *
   * @param {string} offer
   */
  #put(offer) {
    const [text, end] = [this.#text, this.#caret];
    const begin = this.#isBegun(offer) ? end - beginningAt(text, end).length : end;
    const [name, value] = offer.split(/:(.*)/su);
    return withFilter(text, { begin, end }, name, value || undefined);
  }

  /**
   * A button for an operator that stands in the text, which takes it out.
   *
   * @param {string} label
   * @param {number} index among those with a value
   */
  #given(label, index) {
    const filter = () => filtersIn(this.#text).filter(({ value }) => value !== "")[index];
    const chip = this.#chip(label, () => without(this.#text, filter()));
    chip.setAttribute("aria-pressed", "true");
    return chip;
  }

  /**
   * @param {string} label
   * @param {() => Edited} edited
   */
  #chip(label, edited) {
    const chip = clone("search-chip-template");
    chip.textContent = label;
    chip.addEventListener("click", () => this.#edit(edited()));
    return chip;
  }
}
