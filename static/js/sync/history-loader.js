/**
 * Pages of a room's history, asked for over HTTP and handed to the store. Needs neither the page on screen nor the
 * socket.
 *
 * @import {Clock, Edge, State} from '../state/types.js'
 * @import {Store} from '../state/store.js'
 * @import {Api} from './api.js'
 */

import { Refusal } from "./api.js";
import { delayAfter } from "./connection.js";

const PAGE = 50;

/**
 * @typedef {object} HistoryOptions
 * @property {Store} store
 * @property {Api} api
 * @property {Clock} clock
 * @property {() => number} random
 * @property {() => void} onSessionEnded
 */

export class History {
  #options;
  #isReplacing = false;

  /** @param {HistoryOptions} options */
  constructor(options) {
    this.#options = options;
    options.store.subscribe((state) => this.#replaceStale(state));
  }

  /** Loads the messages before those that are there. */
  older() {
    const first = this.#room.messages.at(0)?.seq;
    if (first && !this.#room.atStart) return this.#load("older", `before=${first}`, first);
  }

  /** Loads the messages after those that are there. */
  newer() {
    const last = this.#room.messages.at(-1)?.seq;
    if (last && !this.#room.atEnd) return this.#load("newer", `after=${last}`, last);
  }

  /** Goes to the newest messages. */
  newest() {
    return this.#load("all", "", 0);
  }

  /**
   * Goes to the messages around one.
   *
   * @param {number} seq
   */
  around(seq) {
    return this.#load("all", `around=${seq}`, seq);
  }

  /** Finds out whether the session still stands, which a refused WebSocket does not say. */
  async check() {
    await this.#get("limit=1").catch(() => {});
  }

  get #room() {
    const { state } = this.#options.store;
    return state.rooms[state.open];
  }

  /**
   * @param {Edge} edge
   * @param {string} query
   * @param {number} bound
   */
  async #load(edge, query, bound) {
    const { dispatch } = this.#options.store;
    const { id, loading, phase } = this.#room;
    if (loading[edge] === "loading" || phase === "stale") return;
    dispatch({ type: "fetching", room: id, edge });
    try {
      dispatch({ type: "page", room: id, edge, bound, page: await this.#get(`limit=${PAGE}&${query}`) });
    } catch {
      dispatch({ type: "fetch-failed", room: id, edge });
    }
  }

  /** @param {State} state */
  async #replaceStale({ open, rooms }) {
    if (this.#isReplacing || rooms[open].phase !== "stale") return;
    this.#isReplacing = true;
    for (let attempt = 0; this.#room.phase === "stale" && !(await this.#replace()); attempt += 1) {
      await this.#pause(attempt);
    }
    this.#isReplacing = false;
    this.#replaceStale(this.#options.store.state);
  }

  /** The newest page in place of what a reset made worthless; false when there is none that covers the reset yet. */
  async #replace() {
    try {
      const page = await this.#get(`limit=${PAGE}`);
      if (this.#room.phase !== "stale") return true;
      if (page.last_rev < this.#room.resetRev) return false;
      this.#options.store.dispatch({ type: "page", room: this.#room.id, edge: "all", bound: 0, page });
      return true;
    } catch {
      return false;
    }
  }

  /** @param {number} attempt */
  #pause(attempt) {
    const { clock, random } = this.#options;
    return new Promise((resolve) => clock.setTimeout(() => resolve(null), delayAfter(0, attempt, random)));
  }

  /** @param {string} query */
  async #get(query) {
    try {
      return await this.#options.api.page(this.#room.id, query);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.#options.onSessionEnded();
      throw error;
    }
  }
}
