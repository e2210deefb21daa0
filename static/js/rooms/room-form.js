/**
 * The form in which a room is made, or given another name and topic.
 *
 * @import {Ask} from '../sync/api.js'
 * @import {Room, State} from '../state/types.js'
 */

import { byId, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";

export class RoomForm {
  #ask;
  #go;
  #state;
  #dialog;
  #name = byId("room-name", HTMLInputElement);
  #topic = byId("room-topic", HTMLInputElement);
  #landing = byId("room-landing", HTMLInputElement);

  /**
   * @param {{state: () => State, ask: Ask, go: (path: string) => Promise<void>}} needs
   * @param {AbortSignal} signal
   */
  constructor({ ask, go, state }, signal) {
    this.#state = state;
    this.#ask = ask;
    this.#go = go;
    this.#dialog = new FormDialog("room-form", signal);
  }

  make() {
    this.#fill({ name: "", topic: "", forEveryone: false }, { mayLand: false, isNew: true });
    this.#dialog.open("New room", "Create", async () => {
      const kind = within(this.#dialog.element, "[name=kind]:checked").getAttribute("value");
      const { room } = await this.#ask("POST", "/api/rooms", { ...this.#typed(), kind });
      await this.#go(`/rooms/${room.id}`);
    });
  }

  /** @param {Room} room */
  edit(room) {
    this.#fill(room, { mayLand: this.#state().isAdmin && room.kind === "open", isNew: false });
    this.#dialog.open("Name and topic", "Save", () => {
      const landed = this.#landing.checked === room.forEveryone ? {} : { for_everyone: this.#landing.checked };
      return this.#ask("PATCH", `/api/rooms/${room.id}`, { ...this.#typed(), ...landed });
    });
  }

  /**
   * @param {Pick<Room, 'name' | 'topic' | 'forEveryone'>} room
   * @param {{mayLand: boolean, isNew: boolean}} offered `mayLand`: that new people are in it from the start
   */
  #fill({ forEveryone, name, topic }, { mayLand, isNew }) {
    this.#name.value = name;
    this.#topic.value = topic;
    this.#landing.checked = forEveryone;
    byId("room-kinds", HTMLElement).hidden = !isNew;
    byId("room-landings", HTMLElement).hidden = !mayLand;
  }

  #typed() {
    return { name: this.#name.value, topic: this.#topic.value };
  }
}
