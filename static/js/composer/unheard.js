/**
 * The line under the composer about people who were mentioned and are not in the room, and the button that adds them.
 *
 * @import {Ask} from '../sync/api.js'
 */

import { byId, setText } from "../lib/dom.js";
import { Refusal } from "../sync/api.js";

/**
 * @param {string[]} logins
 * @returns {string}
 */
export function unheardSentence(logins) {
  if (logins.length === 0) return "";
  const [are, were] = logins.length === 1 ? ["is", "was"] : ["are", "were"];
  return `${named(logins)} ${are} not in this room and ${were} not told.`;
}

/** @param {string[]} logins */
export function addedSentence(logins) {
  const [are, find] = logins.length === 1 ? ["is", "finds"] : ["are", "find"];
  return `${named(logins)} ${are} in this room now, and ${find} your message unread.`;
}

/** @param {string[]} logins */
function named(logins) {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(logins);
}

export class Unheard {
  #ask;
  #line = byId("unheard", HTMLElement);
  #button = byId("unheard-add", HTMLButtonElement);
  /** @type {() => Promise<unknown>} */
  #add = () => Promise.resolve();

  /**
   * @param {Ask} ask
   * @param {AbortSignal} signal
   */
  constructor(ask, signal) {
    this.#ask = ask;
    this.#button.addEventListener("click", () => this.#add(), { signal });
  }

  clear() {
    this.#say("", false);
  }

  /**
   * @param {string[]} logins
   * @param {{room: number, seq: number, mayAdd: boolean}} message that mentions them
   */
  show(logins, { mayAdd, room, seq }) {
    this.#say(unheardSentence(logins), mayAdd);
    setText(this.#button, logins.length === 1 ? "Add them" : "Add all");
    this.#button.setAttribute("aria-label", `Add ${named(logins)} to this room`);
    this.#add = async () => {
      this.#button.hidden = true;
      try {
        await this.#ask("POST", `/api/rooms/${room}/members`, { logins, since: seq });
        this.#say(addedSentence(logins), false);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#say(error.message, true);
      }
    };
  }

  /**
   * @param {string} sentence
   * @param {boolean} isOffered
   */
  #say(sentence, isOffered) {
    setText(this.#line, sentence);
    this.#button.hidden = !isOffered;
  }
}
