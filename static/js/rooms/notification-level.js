/**
 * How much of the open room counts as unread: chosen in its menu, set on all pages of the same person.
 *
 * @import {ErrorEvent, Level, State} from '../state/types.js'
 */

import { byId } from "../lib/dom.js";

const UNSENT = "There is no connection: try again in a moment.";

/**
 * @typedef {object} LevelActions
 * @property {(level: Level) => boolean} set false: not connected
 * @property {(sentence: string) => void} say
 */

export class Levels {
  #actions;
  #fieldset = byId("levels", HTMLFieldSetElement);
  /** What the server has said last.
   * @type {Level} */
  #level = "all";
  #isAsked = false;

  /**
   * @param {LevelActions} actions
   * @param {AbortSignal} signal
   */
  constructor(actions, signal) {
    this.#actions = actions;
    this.#fieldset.addEventListener("change", (event) => this.#changed(event), { signal });
    byId("room-actions", HTMLElement).addEventListener("beforetoggle", () => this.#show(), { signal });
  }

  /** @param {State} state */
  render({ open, rooms }) {
    const { archived, level } = rooms[open];
    this.#fieldset.hidden = archived;
    if (level === this.#level) return;
    this.#level = level;
    this.#show();
  }

  /** What was chosen stays shown until the server answers, or can no longer. */
  disconnected() {
    if (this.#isAsked) this.#show(UNSENT);
  }

  /** @param {ErrorEvent} event those that name a command are not about ours */
  refused({ id, message }) {
    if (!this.#isAsked || id) return;
    this.#show(message);
  }

  /** @param {Event} event */
  #changed({ target }) {
    if (target instanceof HTMLInputElement) this.#set(target.value);
  }

  /** @param {string} level */
  #set(level) {
    this.#isAsked = this.#actions.set(/** @type {Level} */ (level));
    if (!this.#isAsked) this.#show(UNSENT);
  }

  /**
   * Shows what is set, and says why it is not what was chosen.
   *
   * @param {string} [reason]
   */
  #show(reason) {
    this.#isAsked = false;
    if (reason) this.#actions.say(reason);
    for (const input of this.#fieldset.querySelectorAll("input")) input.checked = input.value === this.#level;
  }
}
