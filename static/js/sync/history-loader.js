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
import { isLoaded } from "../state/room.js";

const PAGE = 50;

/**
 * @typedef {object} HistoryOptions
 * @property {Store} store
 * @property {Api} api
 * @property {Clock} clock
 * @property {() => number} random
 * @property {() => void} onSessionEnded
 * @property {() => void} onOutside one is not in the open room, of which nothing is here. The room with which a page was
 *   loaded is here, so that a page never loads itself again and again
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
    await this.#get(this.#room.id, "limit=1").catch(() => {});
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
      dispatch({ type: "page", room: id, edge, bound, page: await this.#get(id, `limit=${PAGE}&${query}`) });
    } catch {
      dispatch({ type: "fetch-failed", room: id, edge });
    }
  }

  /** @param {State} state */
  async #replaceStale({ rooms }) {
    const stale = Object.values(rooms).find((room) => room.phase === "stale");
    if (this.#isReplacing || !stale) return;
    this.#isReplacing = true;
    for (let attempt = 0; this.#isStale(stale.id) && !(await this.#replace(stale.id)); attempt += 1) {
      await this.#pause(attempt);
    }
    this.#isReplacing = false;
    this.#replaceStale(this.#options.store.state);
  }

  /** @param {number} id */
  #isStale(id) {
    return this.#options.store.state.rooms[id]?.phase === "stale";
  }

  /**
   * The newest page in place of what a reset made worthless; false when there is none that covers the reset yet.
   *
   * @param {number} id
   */
  async #replace(id) {
    const { store } = this.#options;
    try {
      const page = await this.#get(id, `limit=${PAGE}`);
      if (!this.#isStale(id)) return true;
      if (page.last_rev < store.state.rooms[id].resetRev) return false;
      store.dispatch({ type: "page", room: id, edge: "all", bound: 0, page });
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

  /**
   * @param {number} id
   * @param {string} query
   */
  async #get(id, query) {
    try {
      return await this.#options.api.page(id, query);
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 0;
      if (status === 401) this.#options.onSessionEnded();
      if (status === 403 && id === this.#room.id && !isLoaded(this.#room)) this.#options.onOutside();
      throw error;
    }
  }
}
