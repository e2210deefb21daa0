/**
 * Keeps what the page shows for when there is no network: some seconds after it changed, and when the page is left.
 *
 * @import {Store} from '../state/store.js'
 * @import {Room} from '../state/types.js'
 */

import { byId } from "../lib/dom.js";
import { beginKeeping, forgetKept, keep } from "../kept/cache.js";
import { entriesOf, mayStay } from "../kept/entries.js";
import { isUpToDate } from "../state/selectors.js";

const SETTLE_MS = 3_000;
const AGAIN_MS = 60_000; // so that the time beside it is true to the minute

export class Keeping {
  #store;
  /** @type {Record<number, Room>} */
  #before = {};
  #writtenAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  #isOver = false;
  #brand = byId("brand", HTMLElement).textContent ?? "";

  /**
   * @param {Store} store
   * @param {AbortSignal} signal
   */
  constructor(store, signal) {
    this.#store = store;
    signal.addEventListener("abort", () => this.#end());
    byId("signout", HTMLFormElement).addEventListener("submit", () => (this.#end(), forgetKept()), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.#write(), { signal });
    this.#begin();
  }

  async #begin() {
    try {
      await beginKeeping(this.#store.state.me.id);
    } catch {
      return; // storage is forbidden: nothing is kept, as nothing is there without a network
    }
    this.#store.subscribe(() => this.#changed());
    this.#changed();
  }

  #end() {
    this.#isOver = true;
    clearTimeout(this.#settling);
  }

  #changed() {
    const { rooms } = this.#store.state;
    const isDue = rooms !== this.#before || Date.now() - this.#writtenAt > AGAIN_MS;
    if (isDue && !this.#isOver) this.#settling ??= setTimeout(() => this.#write(), SETTLE_MS);
  }

  /** Only what is complete: the time beside it says that nothing was missing then. */
  async #write() {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    const { state } = this.#store;
    if (this.#isOver || !isUpToDate(state)) return;
    const at = Date.now();
    const entries = entriesOf(state, this.#before, { at, brand: this.#brand, sheet: sheetOfBlocked() });
    [this.#before, this.#writtenAt] = [state.rooms, at];
    await keep(state.me.id, entries, (path) => mayStay(state, path)).catch(() => null); // full: the older one stays
  }
}

/** The page has it where the reader has blocked somebody. */
function sheetOfBlocked() {
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[href="/blocked.css"]'));
  return Array.from(link?.sheet?.cssRules ?? [], (rule) => rule.cssText).join("\n");
}
