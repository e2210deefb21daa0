/**
 * Groups of options under headings. The arrows go through all of them, while the text above keeps the focus.
 *
 * @typedef {object} Group
 * @property {string} id
 * @property {string} title
 * @property {HTMLElement[]} options
 */

import { clone, setText, within } from "../lib/dom.js";
import { showRows } from "../lib/rows.js";

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
   * Shows groups in place of what was there; those without options are left out, and an option that stays as it is is not
   * touched. What was chosen with the arrows stays chosen.
   *
   * @param {Group[]} groups
   * @param {string} [wanted] the id of the option to choose
   */
  show(groups, wanted = this.isMoved ? this.chosen?.id : "") {
    showRows(this.#list, groups.filter(({ options }) => options.length > 0).map((each) => filled(each)));
    this.#choose(Math.max(0, this.#options.findIndex(({ id }) => id === wanted)));
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

/**
 * The element of a group, the one that is there if it is, with these options.
 *
 * @param {Group} group
 */
function filled({ id, options, title }) {
  const name = `search-group-${id}`;
  const element = document.getElementById(name)?.parentElement ?? clone("search-group-template");
  const heading = within(element, ".search-box__heading");
  heading.id = name;
  setText(heading, title);
  element.setAttribute("aria-labelledby", name);
  for (const each of options) each.ariaSelected = document.getElementById(each.id)?.ariaSelected ?? null; // or none would be alike
  showRows(element, [heading, ...options]);
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
