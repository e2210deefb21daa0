/**
 * All that the page has, and the one place where it changes. Needs neither the page nor the socket.
 *
 * @import {Action, State} from './types.js'
 */

import { reduce } from "./reducer.js";

/** The state, and who is called when it changes. */
export class Store {
  #state;
  #now;
  /** @type {((state: State) => void)[]} */
  #listeners = [];

  /**
   * @param {State} state
   * @param {() => number} now milliseconds
   */
  constructor(state, now) {
    this.#state = state;
    this.#now = now;
  }

  get state() {
    return this.#state;
  }

  /** @param {Action} action */
  dispatch = (action) => {
    const state = reduce(this.#state, action, this.#now());
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  };

  /** @param {(state: State) => void} listener */
  subscribe(listener) {
    this.#listeners.push(listener);
  }
}
