/**
 * The dialogs about rooms: making and finding them, and what the menu of the open one asks before it is done. Comes when
 * one of them is first needed.
 *
 * @import {Person, Room, State} from '../state/types.js'
 * @import {RoomMenuNeeds} from './room-menu.js'
 */

import { Browse, membersOf } from "./browse.js";
import { personChoice } from "./choices.js";
import { byId, setText, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";
import { roomOffers } from "../state/offers.js";
import { PeoplePicker } from "./people-picker.js";
import { RoomForm } from "./room-form.js";

/** How one comes back to a room that one left.
 * @type {Record<string, string>} */
const BACK = {
  open: "You can join again whenever you like.",
  closed: "Somebody who is in it must add you to come back.",
  direct: "It comes back with its next message.",
};

export class RoomDialogs {
  #state;
  #ask;
  #go;
  #sync;
  #members;
  #confirm;
  #picker;
  /** What each button opens.
   * @type {Record<string, (path: string) => void>} */
  #ways;

  /**
   * @param {Pick<RoomMenuNeeds, 'state' | 'ask' | 'go' | 'sync' | 'typed'>} needs
   * @param {AbortSignal} signal
   */
  constructor({ ask, go, state, sync, typed }, signal) {
    this.#state = state;
    this.#ask = ask;
    this.#go = go;
    this.#sync = sync;
    this.#members = new FormDialog("members", signal);
    this.#confirm = new FormDialog("confirm", signal);
    this.#picker = new PeoplePicker({ ask, typed }, signal);
    const form = new RoomForm({ ask, confirm: this.#confirm, go, state, typed }, signal);
    const browse = new Browse({ ask, go }, signal);
    this.#ways = {
      ...{ browse: () => browse.open(), make: () => form.make(), write: () => this.#write(), edit: () => form.edit(this.#room) },
      ...{ add: () => this.#add(), members: () => this.#showMembers(), leave: () => this.#leave() },
      ...{ archive: () => this.#archive(), revive: () => this.#revive(), join: (/** @type {string} */ path) => this.#join(path) },
    };
  }

  /** @returns {Room} */
  get #room() {
    const { open, rooms } = this.#state();
    return rooms[open];
  }

  /**
   * @param {string} way
   * @param {string} path of the room that it is about, if that is not the open one
   */
  open(way, path) {
    this.#ways[way](path);
  }

  /**
   * A link led to a room that one is not in. Where one may not join it the server says why, on a page of its own.
   *
   * @param {string} path
   */
  async #join(path) {
    const room = `/api${path.match(/^\/rooms\/\d+/)}`;
    const { open } = this.#state();
    const offered = await this.#ask("GET", room).catch(() => null);
    if (this.#state().open !== open) return;
    if (!offered) return location.assign(path);
    const { members, name, topic } = offered.room;
    const sentence = `${topic && `${topic} · `}${membersOf(members)}, and everyone may join.`;
    this.#askFirst(`Join ${name}?`, sentence, "Join", async () => this.#go(await this.#ask("POST", `${room}/join`), path));
  }

  #write() {
    this.#picker.open("write", { heading: "New message", button: "Start" }, async (logins) => {
      this.#go(await this.#ask("POST", "/api/directs", { logins }));
    });
  }

  #add() {
    const { id, name } = this.#room;
    const add = (/** @type {string[]} */ logins) => this.#ask("POST", `/api/rooms/${id}/members`, { logins });
    this.#picker.open(`add:${id}`, { heading: `Add people to ${name}`, button: "Add", room: id }, add);
  }

  #showMembers() {
    const list = within(this.#members.element, ".choices");
    const { id } = this.#room;
    const { remove } = roomOffers(this.#state());
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
    const isDirect = kind === "direct";
    const back = BACK[kind];
    this.#askFirst(isDirect ? "Hide this conversation?" : `Leave ${name}?`, back, isDirect ? "Hide" : "Leave", async () => {
      await this.#ask("POST", `/api/rooms/${id}/leave`);
      this.#sync.left(id);
    });
  }

  #archive() {
    const sentence = "Nobody posts there any more; its members can still read it, and you can bring it back.";
    const { id, name } = this.#room;
    this.#askFirst(`Archive ${name}?`, sentence, "Archive", () => this.#setArchived(id, true));
  }

  #revive() {
    const sentence = "Its members can post there again.";
    const { id, name } = this.#room;
    this.#askFirst(`Bring ${name} back?`, sentence, "Bring back", () => this.#setArchived(id, false));
  }

  /**
   * @param {number} id
   * @param {boolean} archived
   */
  #setArchived(id, archived) {
    return this.#ask("PATCH", `/api/rooms/${id}`, { archived });
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
