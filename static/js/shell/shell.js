/**
 * What the page does around itself, once it is there: the service worker, notices, the number on the app's icon, what is
 * kept for when there is no network, what other apps shared, and what was not sent. Loaded later: no visit waits for it.
 *
 * @import {Api} from '../sync/api.js'
 * @import {StrandedNeeds} from './stranded.js'
 */

import { WORKER } from "../kept/cache.js";
import { Showing } from "../notices/showing.js";
import { callingIn } from "../state/badges.js";
import { Keeping } from "./keeping.js";
import { keepAboveKeyboard } from "./keyboard-space.js";
import { writeShared } from "./shared.js";
import { StrandedView } from "./stranded.js";

export class Shell {
  #store;
  #badge = -1; // what another page left on the icon is not seen from here

  /**
   * @param {StrandedNeeds & {api: Api}} needs
   * @param {AbortSignal} signal
   */
  constructor({ api, store, ...unsent }, signal) {
    this.#store = store;
    new StrandedView({ store, ...unsent }, signal);
    const { notices, shared } = document.body.dataset;
    if (notices !== undefined) new Showing(store, api, signal);
    if (navigator.setAppBadge) {
      store.subscribe(() => this.#count());
      this.#count();
    }
    keepAboveKeyboard(signal);
    if (!("serviceWorker" in navigator)) return; // without https there is none
    navigator.serviceWorker.register(WORKER).catch(() => null); // the next page tries again
    if (shared === undefined) new Keeping(store, signal); // on a shared computer nothing is kept
    writeShared(store.state.me.id);
  }

  #count() {
    const count = callingIn(this.#store.state);
    if (count === this.#badge) return;
    this.#badge = count;
    navigator.setAppBadge(count).catch(() => null); // where the app is not installed there is no icon
  }
}
