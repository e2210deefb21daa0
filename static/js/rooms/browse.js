/**
 * Finding open rooms, and joining one.
 *
 * @import {Ask, Go} from '../sync/api.js'
 */

import { Choices } from "./choices.js";
import { clone, setText, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";

/** @typedef {{id: number, name: string, topic: string, members: number}} Joinable */

export class Browse {
  #needs;
  #dialog;
  #choices;

  /**
   * @param {{ask: Ask, go: Go}} needs
   * @param {AbortSignal} signal
   */
  constructor(needs, signal) {
    this.#needs = needs;
    this.#dialog = new FormDialog("browse", signal);
    this.#choices = new Choices(this.#dialog.element, (words) => this.#load(words), signal);
  }

  open() {
    this.#dialog.open();
    this.#choices.begin();
  }

  /** @param {string} words */
  async #load(words) {
    /** @type {HTMLElement[] | string} */
    let found = "";
    await this.#dialog.attempt(async () => {
      const { rooms } = await this.#needs.ask("GET", `/api/rooms?q=${encodeURIComponent(words)}`);
      found = rooms.map((/** @type {Joinable} */ room) => this.#row(room));
    });
    return found;
  }

  /** @param {Joinable} room */
  #row({ id, name, topic, members }) {
    const row = clone("room-choice-template");
    setText(within(row, ".choice__name"), name);
    setText(within(row, ".choice__count"), membersOf(members));
    setText(within(row, ".choice__more"), topic);
    const button = within(row, "button");
    setText(button, "Join");
    button.setAttribute("aria-label", `Join ${name}`);
    button.addEventListener("click", () => this.#dialog.attempt(() => this.#join(id)));
    return row;
  }

  /** @param {number} id */
  async #join(id) {
    const { ask, go } = this.#needs;
    go(await ask("POST", `/api/rooms/${id}/join`));
  }
}

/** @param {number} count */
export function membersOf(count) {
  return count === 1 ? "1 member" : `${count} members`;
}
