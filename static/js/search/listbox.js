/**
 * Groups of options under headings. The arrows go through all of them, while the text above keeps the focus.
 *
 * @typedef {object} Group
 * @property {string} id
 * @property {string} title
 * @property {HTMLElement[]} options
 */

import { clone, setText, within } from "../lib/dom.js";

export class Listbox {
  #list;
  #input;
  #at = 0;
  #isScrolled = false;

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} input
   */
  constructor(list, input) {
    this.#list = list;
    this.#input = input;
    list.addEventListener("scroll", () => (this.#isScrolled = true), { passive: true });
  }

  get #options() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll("[role=option]")]);
  }

  /** The one that Enter takes.
   * @returns {HTMLElement | undefined} */
  get chosen() {
    return this.#options[this.#at];
  }

  /** Somebody has chosen another than the first. */
  get isMoved() {
    return this.#at > 0;
  }

  /** From here on the first one is chosen. */
  begin() {
    this.#at = 0;
    if (this.#isScrolled) this.#list.scrollTop = 0; // asking where it stands would lay out all that changed
    this.#isScrolled = false;
  }

  /**
   * Shows groups in place of what was there; those without options are left out, and one that stays as it is is not
   * touched. What was chosen with the arrows stays chosen.
   *
   * @param {Group[]} groups
   * @param {string} [wanted] the id of the option to choose
   */
  show(groups, wanted = this.isMoved ? this.chosen?.id : "") {
    const shown = groups.filter(({ options }) => options.length > 0).map((each) => this.#group(each));
    if (shown.length !== this.#list.childElementCount || shown.some((each) => !each.isConnected)) {
      this.#list.replaceChildren(...shown);
    }
    this.#choose(Math.max(0, this.#options.findIndex(({ id }) => id === wanted)));
  }

  /** @param {Group} group */
  #group(group) {
    const heading = document.getElementById(headingId(group));
    const there = heading?.parentElement;
    const isSame = there && [...there.children].slice(1).every((each, index) => each === group.options[index]);
    const isWhole = there?.childElementCount === group.options.length + 1 && heading?.textContent === group.title;
    return isSame && isWhole ? there : newGroup(group);
  }

  /** @param {1 | -1} by */
  move(by) {
    this.#choose(this.#at + by);
    if (this.isMoved) this.chosen?.scrollIntoView({ block: "nearest" });
    else this.#list.scrollTop = 0; // with the heading above it
  }

  /** @param {number} at */
  #choose(at) {
    const options = this.#options;
    this.#at = options.length > 0 ? (at + options.length) % options.length : 0;
    options.forEach((each, index) => each.setAttribute("aria-selected", String(index === this.#at)));
    this.#input.setAttribute("aria-activedescendant", options[this.#at]?.id ?? "");
  }
}

/** @param {{id: string}} group */
function headingId({ id }) {
  return `search-group-${id}`;
}

/** @param {Group} group */
function newGroup({ id, options, title }) {
  const element = clone("search-group-template");
  const heading = within(element, ".search-box__heading");
  heading.id = headingId({ id });
  setText(heading, title);
  element.setAttribute("aria-labelledby", heading.id);
  element.append(...options);
  return element;
}

/**
 * A line to choose: a name, what else there is to say, and where it leads.
 *
 * @param {string} id
 * @param {{name: string, note?: string, href?: string}} line
 */
export function option(id, { name, note = "", href }) {
  const element = clone("search-option-template");
  element.id = id;
  if (href) element.setAttribute("href", href);
  setText(within(element, ".search-box__name"), name);
  setText(within(element, ".search-box__note"), note);
  return element;
}
