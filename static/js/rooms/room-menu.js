/**
 * What one may do with rooms: make and find them, and the menu of the one that is open. The dialogs that this leads to
 * come when one of them is first needed.
 *
 * @import {State} from '../state/types.js'
 * @import {Ask, Go} from '../sync/api.js'
 * @import {Sync} from '../sync/sync.js'
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
 * @import {RoomDialogs} from './room-dialogs.js'
 */

import { byId, setText, within } from "../lib/dom.js";
import { Later } from "../lib/later.js";
import { inDays } from "../lib/text.js";
import { roomOffers } from "../state/offers.js";

const MARGIN_PX = 6;
/** By the ids of the buttons in the list of rooms. */
const WAYS = { "browse-open": "browse", "room-new": "make", "direct-new": "write" };

/**
 * @typedef {object} RoomMenuNeeds
 * @property {() => State} state
 * @property {Ask} ask
 * @property {(sentence: string) => void} say
 * @property {Go} go
 * @property {Pick<Sync, 'left'>} sync
 * @property {Shelf<Entry>} typed into forms about rooms, in this tab
 */

export class RoomMenu {
  #needs;
  #signal;
  #actions = byId("room-actions", HTMLElement);
  #retention = byId("retention", HTMLElement);
  /** @type {Later<typeof import('./room-dialogs.js')>} */
  #later;
  /** @type {RoomDialogs | null} */
  #dialogs = null;

  /**
   * @param {RoomMenuNeeds} needs
   * @param {AbortSignal} signal
   */
  constructor(needs, signal) {
    this.#needs = needs;
    this.#signal = signal;
    this.#later = new Later("rooms", needs.say, { hasSheet: true });
    const more = byId("rooms-more", HTMLElement);
    // first, so that focus is back on the button, and comes back there when the dialog closes
    more.addEventListener("click", () => more.hidePopover(), { signal, capture: true });
    for (const [id, way] of Object.entries(WAYS)) byId(id, HTMLElement).addEventListener("click", () => this.open(way), { signal });
    this.#actions.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#actions.addEventListener("beforetoggle", () => this.#offer(), { signal });
    for (const popover of [more, this.#actions]) popover.addEventListener("toggle", () => this.#toggled(popover), { signal });
    byId("direct-new", HTMLElement).addEventListener("pointerenter", () => this.#later.prepare(), { signal, once: true });
  }

  /** The room may be archived, or brought back, under an open menu. */
  render() {
    if (this.#actions.matches(":popover-open")) this.#offer();
  }

  /** Only what one may do here. */
  #offer() {
    /** @type {Record<string, boolean>} */
    const offers = roomOffers(this.#needs.state());
    const { open, rooms } = this.#needs.state();
    const { retentionDays } = rooms[open];
    setText(this.#retention, `Messages here are deleted after ${inDays(retentionDays)}.`);
    this.#retention.hidden = !retentionDays;
    setText(within(this.#actions, "[data-action=leave]"), rooms[open].kind === "direct" ? "Hide" : "Leave");
    for (const link of this.#actions.querySelectorAll("a")) link.pathname = `/rooms/${open}/save`;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.#actions.querySelectorAll("[data-action]"))) {
      button.hidden = !offers[button.dataset.action ?? ""];
    }
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const action = target instanceof HTMLElement ? target.dataset.action : undefined;
    if (!action) return;
    this.#actions.hidePopover();
    this.open(action);
  }

  /**
   * Opens a dialog, unless one goes to another room before it is there.
   *
   * @param {string} way
   * @param {string} [path] of the room that it is about, if that is not the open one
   */
  async open(way, path = "") {
    const { open } = this.#needs.state();
    const { RoomDialogs } = await this.#later.load();
    this.#dialogs ??= new RoomDialogs(this.#needs, this.#signal);
    if (this.#needs.state().open === open) this.#dialogs.open(way, path);
  }

  /** @param {HTMLElement} popover */
  #toggled(popover) {
    if (!popover.matches(":popover-open")) return;
    this.#later.prepare();
    place(popover);
  }
}

/**
 * Puts a popover below its button, inside the window.
 *
 * @param {HTMLElement} popover
 */
function place(popover) {
  const button = within(document, `[popovertarget="${popover.id}"]`).getBoundingClientRect();
  const most = document.documentElement.clientWidth - popover.offsetWidth - MARGIN_PX;
  popover.style.top = `${button.bottom + MARGIN_PX}px`;
  popover.style.left = `${Math.max(MARGIN_PX, Math.min(button.left, most))}px`;
}
