/**
 * The sidebar as a drawer on narrow screens: while it is open the rest of the page is inert, so focus stays in it.
 *
 * @import {Press} from './keyboard.js'
 */

import { byId } from "./dom.js";
import { onPress } from "./keyboard.js";

const NARROW = matchMedia("(max-width: 699px)");

export class Drawer {
  #sidebar = byId("sidebar", HTMLElement);
  #room = byId("room", HTMLElement);
  #button = byId("drawer-open", HTMLButtonElement);

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#button.addEventListener("click", () => this.#set(true), { signal });
    byId("drawer-close", HTMLElement).addEventListener("click", () => this.#set(false), { signal });
    document.addEventListener("click", (event) => this.#clicked(event), { signal });
    onPress(document, (press) => this.#actionOf(press), { signal });
    NARROW.addEventListener("change", () => this.#set(false), { signal });
  }

  get #isOpen() {
    return this.#sidebar.hasAttribute("data-open");
  }

  /** @param {boolean} isOpen */
  #set(isOpen) {
    if (isOpen === this.#isOpen) return;
    this.#sidebar.toggleAttribute("data-open", isOpen);
    this.#button.setAttribute("aria-expanded", String(isOpen));
    this.#room.inert = isOpen;
    (isOpen ? byId("drawer-close", HTMLElement) : this.#button).focus();
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const isOutside = target instanceof Element && !this.#sidebar.contains(target) && !this.#button.contains(target);
    if (this.#isOpen && isOutside && !target.closest("dialog")) this.#set(false);
  }

  /** @param {Press} press */
  #actionOf({ key }) {
    const isCovered = document.querySelector("dialog[open], :popover-open") !== null;
    return key === "Escape" && this.#isOpen && !isCovered ? () => this.#set(false) : undefined;
  }
}
