/**
 * Lines of the search that are no room and no person: completions, searches of before, messages and what follows them.
 *
 * @import {State} from '../state/types.js'
 * @import {Completion} from './completions.js'
 * @import {Outcome} from './message-search.js'
 */

import { dateLabel } from "../lib/calendar.js";
import { within } from "../lib/dom.js";
import { hitId, hitOption } from "./hits.js";
import { option } from "./listbox.js";

/**
 * @typedef {object} LineActions
 * @property {(text: string) => void} write asks this instead
 * @property {() => void} goOn asks for what is older
 * @property {() => void} leave one goes to what was found
 * @property {(text: string) => void} forget takes a search of before out
 */

export class Lines {
  #actions;
  /** What is shown of messages, for what: the same lines stay, which is quicker than to draw them anew.
   * @type {{outcome: Outcome | null, rooms: number, lines: HTMLElement[]}} */
  #drawn = { outcome: null, rooms: 0, lines: [] };

  /** @param {LineActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /**
   * @param {Completion[]} completions
   * @param {(value: string) => void} take
   */
  completions(completions, take) {
    return completions.map(({ label, note, value }) => {
      return pressed(option(`search-value-${value}`, { name: label, note }), () => take(value));
    });
  }

  /** @param {string[]} texts */
  recents(texts) {
    return texts.map((text, index) => {
      const line = pressed(option(`search-recent-${index}`, { name: text }), () => this.#actions.write(text));
      line.dataset.recent = text;
      const cross = within(line, ".search-box__forget");
      cross.hidden = false;
      cross.addEventListener("click", (event) => (event.stopPropagation(), this.#actions.forget(text)));
      return line;
    });
  }

  /**
   * @param {Outcome} outcome
   * @param {State} state
   * @param {number} now milliseconds
   */
  messages(outcome, state, now) {
    const rooms = Object.keys(state.rooms).length; // with their names
    const isDrawn = this.#drawn.outcome === outcome && this.#drawn.rooms === rooms;
    if (!isDrawn) this.#drawn = { outcome, rooms, lines: this.#draw(outcome, state, now) };
    return this.#drawn.lines;
  }

  /**
   * @param {Outcome} outcome
   * @param {State} state
   * @param {number} now milliseconds
   */
  #draw({ hits, meant, next, text, until }, state, now) {
    const there = new Map(this.#drawn.lines.map((line) => [line.id, line]));
    const lines = hits.map((hit) => {
      const line = there.get(hitId(hit));
      return line ? hitOption(hit, state, now, line) : pressed(hitOption(hit, state, now), () => this.#actions.leave());
    });
    if (next && until) {
      const name = `Searched back to ${dateLabel(Date.parse(until), now)} · Go on`;
      lines.push(pressed(way("search-on", { name }), () => this.#actions.goOn()));
    }
    if (meant) {
      lines.push(pressed(way("search-meant", { name: `Did you mean ${meant}?` }), () => this.#actions.write(meant)));
    }
    const all = way("search-all", { name: "All results", note: "Ctrl Enter", href: allOf(text) });
    if (hits.length > 0) lines.push(pressed(all, () => this.#actions.leave()));
    return lines;
  }
}

/**
 * The address of all that answers a question.
 *
 * @param {string} text
 */
export function allOf(text) {
  return `/search?${new URLSearchParams({ q: text })}`;
}

/**
 * A line that leads to more.
 *
 * @param {string} id
 * @param {{name: string, note?: string, href?: string}} line
 */
function way(id, line) {
  const element = option(id, line);
  element.dataset.way = "";
  return element;
}

/**
 * @param {HTMLElement} line
 * @param {() => void} act
 */
function pressed(line, act) {
  line.addEventListener("click", act);
  return line;
}
