/**
 * What one may do with rooms: make and find them, and the menu of the one that is open.
 *
 * @import {Person, Room, State} from '../state/types.js'
 * @import {Ask} from '../sync/api.js'
 */

import { Browse } from "./browse.js";
import { personChoice } from "./choices.js";
import { byId, setText, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";
import { roomOffers } from "../state/offers.js";
import { PeoplePicker } from "./people-picker.js";
import { RoomForm } from "./room-form.js";

const MARGIN_PX = 6;

export class RoomMenu {
  #state;
  #ask;
  #form;
  #members;
  #confirm;
  #picker;
  #actions = byId("room-actions", HTMLElement);

  /**
   * @param {() => State} state
   * @param {Ask} ask
   * @param {AbortSignal} signal
   */
  constructor(state, ask, signal) {
    this.#state = state;
    this.#ask = ask;
    this.#form = new RoomForm(state, ask, signal);
    this.#members = new FormDialog("members", signal);
    this.#confirm = new FormDialog("confirm", signal);
    this.#picker = new PeoplePicker(ask, signal);
    const browse = new Browse(ask, signal);
    const more = byId("rooms-more", HTMLElement);
    // first, so that focus is back on the button, and comes back there when the dialog closes
    more.addEventListener("click", () => more.hidePopover(), { signal, capture: true });
    byId("browse-open", HTMLElement).addEventListener("click", () => browse.open(), { signal });
    byId("room-new", HTMLElement).addEventListener("click", () => this.#form.make(), { signal });
    byId("direct-new", HTMLElement).addEventListener("click", () => this.#write(), { signal });
    this.#actions.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#actions.addEventListener("beforetoggle", () => this.#offer(), { signal });
    for (const popover of [more, this.#actions]) popover.addEventListener("toggle", () => place(popover), { signal });
  }

  /** @returns {Room} */
  get #room() {
    const { open, rooms } = this.#state();
    return rooms[open];
  }

  get #offers() {
    return roomOffers(this.#state());
  }

  /** The room may be archived, or brought back, under an open menu. */
  render() {
    if (this.#actions.matches(":popover-open")) this.#offer();
  }

  /** Only what one may do here. */
  #offer() {
    /** @type {Record<string, boolean>} */
    const offers = this.#offers;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.#actions.querySelectorAll("[data-action]"))) {
      button.hidden = !offers[button.dataset.action ?? ""];
    }
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const action = target instanceof HTMLElement ? target.dataset.action : undefined;
    if (!action) return;
    this.#actions.hidePopover();
    if (action === "edit") this.#form.edit(this.#room);
    if (action === "add") this.#add();
    if (action === "members") this.#showMembers();
    if (action === "leave") this.#leave();
    if (action === "archive") this.#archive();
    if (action === "revive") this.#revive();
  }

  #write() {
    this.#picker.open("New message", "Start", async (logins) => {
      const { room } = await this.#ask("POST", "/api/directs", { logins });
      location.assign(`/rooms/${room.id}`);
    });
  }

  #add() {
    const { id, name } = this.#room;
    const add = (/** @type {string[]} */ logins) => this.#ask("POST", `/api/rooms/${id}/members`, { logins });
    this.#picker.open(`Add people to ${name}`, "Add", add);
  }

  #showMembers() {
    const list = within(this.#members.element, ".choices");
    const { id } = this.#room;
    const { remove } = this.#offers;
    list.replaceChildren();
    this.#members.open();
    this.#members.attempt(async () => {
      const { people } = await this.#ask("GET", `/api/rooms/${id}/members`);
      list.replaceChildren(...people.map((/** @type {Person} */ person) => this.#memberRow(person, remove)));
    });
  }

  /**
   * @param {Person} person
   * @param {boolean} canRemove
   */
  #memberRow(person, canRemove) {
    const label = canRemove && person.id !== this.#state().me.id ? "Remove" : "";
    return personChoice(person, label, (row) => this.#remove(person, row));
  }

  /**
   * @param {Person} person
   * @param {HTMLElement} row of the list, which goes with them
   */
  #remove(person, row) {
    const { id, kind, name } = this.#room;
    const isOpen = kind === "open";
    const back = isOpen ? "They can join again whenever they like." : "Somebody who is in it must add them to come back.";
    this.#askFirst(`Remove ${person.name} from ${name}?`, back, "Remove", async () => {
      await this.#ask("DELETE", `/api/rooms/${id}/members/${person.id}`);
      row.remove();
    });
  }

  #leave() {
    const { id, kind, name } = this.#room;
    const isOpen = kind === "open";
    const back = isOpen ? "You can join again whenever you like." : "Somebody who is in it must add you to come back.";
    this.#askFirst(`Leave ${name}?`, back, "Leave", async () => {
      await this.#ask("POST", `/api/rooms/${id}/leave`);
      location.assign("/");
    });
  }

  #archive() {
    const sentence = "Nobody posts there any more; its members can still read it, and you can bring it back.";
    this.#askFirst(`Archive ${this.#room.name}?`, sentence, "Archive", () => this.#setArchived(true));
  }

  #revive() {
    const sentence = "Its members can post there again.";
    this.#askFirst(`Bring ${this.#room.name} back?`, sentence, "Bring back", () => this.#setArchived(false));
  }

  /** @param {boolean} archived */
  #setArchived(archived) {
    return this.#ask("PATCH", `/api/rooms/${this.#room.id}`, { archived });
  }

  /**
   * @param {string} question
   * @param {string} sentence
   * @param {string} button
   * @param {() => Promise<unknown>} action
   */
  #askFirst(question, sentence, button, action) {
    setText(byId("confirm-told", HTMLElement), sentence);
    this.#confirm.open(question, button, action);
  }
}

/**
 * Puts a popover below its button, inside the window.
 *
 * @param {HTMLElement} popover
 */
function place(popover) {
  if (!popover.matches(":popover-open")) return;
  const button = within(document, `[popovertarget="${popover.id}"]`).getBoundingClientRect();
  const most = document.documentElement.clientWidth - popover.offsetWidth - MARGIN_PX;
  popover.style.top = `${button.bottom + MARGIN_PX}px`;
  popover.style.left = `${Math.max(MARGIN_PX, Math.min(button.left, most))}px`;
}
