/**
 * What one sets for the open room, in its menu: each input is called after a preference. What is chosen holds on all
 * pages of the same person.
 *
 * @import {Preference, Preferences} from '../state/preferences.js'
 * @import {ErrorEvent, State} from '../state/types.js'
 */

import { byId } from "../lib/dom.js";
import { preferencesOf } from "../state/preferences.js";

const UNSENT = "There is no connection: try again in a moment.";

/**
 * @typedef {object} PreferencesActions
 * @property {(preference: Preference) => boolean} set false: not connected
 * @property {(sentence: string) => void} say
 */

export class PreferencesMenu {
  #actions;
  #room = 0;
  #menu = byId("preferences", HTMLElement);
  /** What the server has said last. */
  #set = preferencesOf({});
  #isAsked = false;

  /**
   * @param {PreferencesActions} actions
   * @param {AbortSignal} signal
   */
  constructor(actions, signal) {
    this.#actions = actions;
    this.#menu.addEventListener("change", (event) => this.#changed(event), { signal });
    byId("room-actions", HTMLElement).addEventListener("beforetoggle", () => this.#show(), { signal });
  }

  /** @param {State} state */
  render({ open, rooms }) {
    const now = preferencesOf(rooms[open]);
    this.#menu.hidden = rooms[open].archived;
    if (open === this.#room && JSON.stringify(now) === JSON.stringify(this.#set)) return;
    this.#room = open;
    this.#set = now;
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
    if (!(target instanceof HTMLInputElement)) return;
    const value = target.type === "checkbox" ? target.checked : target.value;
    const preference = { type: target.name, room: this.#room, [target.name]: value };
    this.#isAsked = this.#actions.set(/** @type {any} */ (preference));
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
    for (const input of this.#menu.querySelectorAll("input")) {
      const value = this.#set[/** @type {keyof Preferences} */ (input.name)];
      input.checked = input.type === "checkbox" ? Boolean(value) : input.value === value;
    }
  }
}
