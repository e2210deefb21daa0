/**
 * The sidebar as a drawer on narrow screens: while it is open the rest of the page is inert, so focus stays in it. It is
 * a step of the browser's history, so that Back closes it; a swipe does, too, and one from the edge opens it.
 *
 * @import {Press} from '../lib/keyboard.js'
 * @import {State} from '../state/types.js'
 */

import { calling } from "../state/badges.js";
import { byId } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { onSwipe } from "../lib/touch.js";

const NARROW = matchMedia("(max-width: 699px)");
const EDGE_PX = 40;

export class Drawer {
  #sidebar = byId("sidebar", HTMLElement);
  #room = byId("room", HTMLElement);
  #button = byId("drawer-open", HTMLButtonElement);

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#button.addEventListener("click", () => this.#open(), { signal });
    for (const id of ["drawer-close", "search-open"]) byId(id, HTMLElement).addEventListener("click", () => this.#close(), { signal });
    document.addEventListener("click", (event) => this.#clicked(event), { signal });
    window.addEventListener("popstate", () => this.hide(), { signal });
    onPress(document, (press) => this.#actionOf(press), { signal });
    onSwipe((from, direction) => this.#swiped(from, direction), signal);
    NARROW.addEventListener("change", () => this.#close(), { signal });
  }

  /**
   * The button says whether other rooms call for the reader.
   *
   * @param {State} state
   */
  render({ open, rooms }) {
    const isCalled = Object.values(rooms).some((room) => room.id !== open && calling(room) > 0);
    this.#button.toggleAttribute("data-unread", isCalled);
    this.#button.setAttribute("aria-label", isCalled ? "Rooms and account, unread messages" : "Rooms and account");
  }

  /** Without a step of the history. */
  hide() {
    this.#show(false);
  }

  get #isOpen() {
    return this.#sidebar.hasAttribute("data-open");
  }

  #open() {
    if (this.#isOpen) return;
    history.pushState({ ...history.state, drawer: true }, "");
    this.#show(true);
  }

  #close() {
    if (!this.#isOpen) return;
    this.#show(false);
    if (history.state?.drawer) history.back();
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    if (isOpen === this.#isOpen) return;
    this.#sidebar.toggleAttribute("data-open", isOpen);
    this.#button.setAttribute("aria-expanded", String(isOpen));
    this.#room.inert = isOpen;
    (isOpen ? byId("drawer-close", HTMLElement) : this.#button).focus();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const { target } = event;
    if (!this.#isOpen || !(target instanceof Element)) return;
    const isInside = this.#sidebar.contains(target) || this.#button.contains(target) || target.closest("dialog");
    if (isInside) this.#followed(event, target.closest("a"));
    else this.#close();
  }

  /**
   * A link takes the drawer's step of the history, so that Back leads to the room.
   *
   * @param {MouseEvent} event
   * @param {HTMLAnchorElement | null} link
   */
  #followed(event, link) {
    if (!link?.href || link.target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!history.state?.drawer) return;
    event.preventDefault();
    location.replace(link.href);
  }

  /**
   * @param {Touch} from
   * @param {1 | -1} direction
   */
  #swiped({ clientX }, direction) {
    const edge = document.dir === "rtl" ? innerWidth - clientX : clientX;
    if (direction < 0) this.#close();
    else if (NARROW.matches && edge < EDGE_PX && !isCovered()) this.#open();
  }

  /** @param {Press} press */
  #actionOf({ key }) {
    return key === "Escape" && this.#isOpen && !isCovered() ? () => this.#close() : undefined;
  }
}

function isCovered() {
  return document.querySelector("dialog[open], :popover-open") !== null;
}
