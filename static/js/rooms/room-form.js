/**
 * The form in which a room is made, or given another name and topic; administrators set more there.
 *
 * @import {Ask, Go} from '../sync/api.js'
 * @import {Room, State} from '../state/types.js'
 */

import { byId, within } from "../lib/dom.js";
import { FormDialog } from "./form-dialog.js";
import { Retention } from "./retention.js";

export class RoomForm {
  #ask;
  #go;
  #state;
  #dialog;
  #name = byId("room-name", HTMLInputElement);
  #topic = byId("room-topic", HTMLInputElement);
  #landing = byId("room-landing", HTMLInputElement);
  #retention;

  /**
   * @param {{state: () => State, ask: Ask, go: Go, confirm: FormDialog}} needs
   * @param {AbortSignal} signal
   */
  constructor({ ask, confirm, go, state }, signal) {
    this.#state = state;
    this.#ask = ask;
    this.#go = go;
    this.#dialog = new FormDialog("room-form", signal);
    this.#retention = new Retention({ ask, confirm }, within(this.#dialog.element, ".dialog__fields"));
  }

  make() {
    this.#fill({ name: "", topic: "", forEveryone: false }, { mayLand: false, isNew: true });
    this.#retention.hide();
    this.#dialog.open("New room", "Create", async () => {
      const kind = within(this.#dialog.element, "[name=kind]:checked").getAttribute("value");
      this.#go(await this.#ask("POST", "/api/rooms", { ...this.#typed(), kind }));
    });
  }

  /** @param {Room} room */
  edit(room) {
    const { isAdmin } = this.#state();
    this.#fill(room, { mayLand: isAdmin && room.kind === "open", isNew: false });
    if (isAdmin) this.#retention.show(room);
    else this.#retention.hide();
    this.#dialog.open("Name and topic", "Save", () => this.#save(room));
  }

  /**
   * False when somebody thought better of it.
   *
   * @param {Room} room
   */
  async #save(room) {
    const landed = this.#landing.checked === room.forEveryone ? {} : { for_everyone: this.#landing.checked };
    const retention = this.#retention.typed();
    if (retention.retention_days && !(await this.#retention.isMeant(room, retention.retention_days))) return false;
    return this.#ask("PATCH", `/api/rooms/${room.id}`, { ...this.#typed(), ...landed, ...retention });
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
