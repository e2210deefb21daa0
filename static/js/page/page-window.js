/**
 * The browser's window around the page: its title and icon, whether somebody looks at it, and whether it may be closed.
 *
 * @import {State} from '../state/types.js'
 */

import { callingIn } from "../state/badges.js";
import { byId } from "../lib/dom.js";
import { Favicon } from "./favicon.js";
import { windowTitle } from "../rooms/sidebar.js";

/**
 * @typedef {object} WindowActions
 * @property {(attending: boolean) => void} attend somebody looks at it, or does not
 * @property {() => void} back it is looked at again
 * @property {(online: boolean) => void} network the browser has one again, or lost it
 * @property {() => void} away it is not looked at any more, and may never be again
 * @property {(event: StorageEvent) => void} stored another tab kept something
 * @property {() => boolean} isUnsaved whether something would be lost with it
 */

export class PageWindow {
  #actions;
  #brand = byId("brand", HTMLElement).textContent ?? "";
  #favicon = new Favicon();

  /**
   * @param {WindowActions} actions
   * @param {AbortSignal} signal
   */
  constructor(actions, signal) {
    this.#actions = actions;
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => this.attend(), { signal });
    window.addEventListener("online", () => actions.network(true), { signal });
    window.addEventListener("offline", () => actions.network(false), { signal });
    window.addEventListener("pageshow", actions.back, { signal });
    document.addEventListener("visibilitychange", () => this.#turned(), { signal });
    window.addEventListener("pagehide", actions.away, { signal });
    window.addEventListener("storage", actions.stored, { signal });
    window.addEventListener("beforeunload", (event) => actions.isUnsaved() && event.preventDefault(), { signal });
  }

  #turned() {
    this.attend();
    if (document.hidden) this.#actions.away();
    else this.#actions.back();
  }

  attend() {
    this.#actions.attend(document.hasFocus() && !document.hidden);
  }

  /** @param {State} state */
  render(state) {
    const title = windowTitle(state, this.#brand);
    if (document.title !== title) document.title = title;
    this.#favicon.show(callingIn(state));
  }
}
