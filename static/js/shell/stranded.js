/**
 * What somebody wrote for a room that they are no longer in, and did not send: no other page shows it. A line says so,
 * with the text to copy.
 *
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
 * @import {Store} from '../state/store.js'
 * @import {State} from '../state/types.js'
 */

import { byId, copy, setText, within } from "../lib/dom.js";
import { inWords } from "../lib/quotes.js";

/**
 * @typedef {{text: string, files?: {name: string}[], remove: () => void}} Stranded
 *
 * @typedef {object} StrandedNeeds
 * @property {Store} store
 * @property {Shelf<Entry & {aside?: boolean}>} drafts of all rooms: their ids begin with that of the room
 * @property {(id: string) => void} remove a message that is not sent
 */

export class StrandedView {
  #drafts;
  #remove;
  #line = byId("stranded", HTMLElement);
  /** @type {Stranded | undefined} */
  #shown;
  /** @type {State | null} */
  #state = null;

  /**
   * @param {StrandedNeeds} needs
   * @param {AbortSignal} signal
   */
  constructor({ drafts, remove, store }, signal) {
    this.#drafts = drafts;
    this.#remove = remove;
    within(this.#line, "#stranded-copy").addEventListener("click", () => copy(this.#shown?.text ?? ""), { signal });
    within(this.#line, "#stranded-delete").addEventListener("click", () => this.#delete(), { signal });
    store.subscribe((state) => this.#changed(state));
    this.#changed(store.state);
  }

  /** @param {State} state */
  #changed(state) {
    const isKnown = state.connection.phase === "open"; // until then the state has the open room alone
    const isSame = this.#state?.pending === state.pending && idsOf(this.#state) === idsOf(state);
    if (!isKnown || isSame) return;
    this.#state = state;
    this.#show();
  }

  #show() {
    const [first] = this.#state ? this.#all(this.#state) : [];
    this.#shown = first;
    this.#line.hidden = !first;
    if (first) setText(within(this.#line, "#stranded-text"), inWords(first));
  }

  #delete() {
    this.#shown?.remove();
    this.#show();
  }

  /**
   * @param {State} state
   * @returns {Stranded[]}
   */
  #all({ pending, rooms }) {
    const drafts = this.#drafts.entries().filter(({ aside, id }) => !aside && !rooms[Number(id.split(":", 1)[0])]);
    return [
      ...pending.filter((entry) => !rooms[entry.room]).map(({ files, id, text }) => ({ files, text, remove: () => this.#remove(id) })),
      ...drafts.map(({ id, text }) => ({ text, remove: () => this.#drafts.remove(id) })),
    ];
  }
}

/** @param {State} state */
function idsOf({ rooms }) {
  return Object.keys(rooms).join();
}
