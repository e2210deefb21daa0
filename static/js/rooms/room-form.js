/**
 * The form in which a room is made, or given another name and topic; administrators set more there.
 *
 * @import {Ask, Go} from '../sync/api.js'
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
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
  #typed;
  #id = "";
  #name = byId("room-name", HTMLInputElement);
  #topic = byId("room-topic", HTMLInputElement);
  #landing = byId("room-landing", HTMLInputElement);
  #retention;

  /**
   * @param {{state: () => State, ask: Ask, go: Go, confirm: FormDialog, typed: Shelf<Entry & {name?: string}>}} needs
   *   `typed`: what stands in the form, by the room; it outlives the page, but not the closing of the form
   * @param {AbortSignal} signal
   */
  constructor({ ask, confirm, go, state, typed }, signal) {
    this.#typed = typed;
    this.#state = state;
    this.#ask = ask;
    this.#go = go;
    this.#dialog = new FormDialog("room-form", signal);
    this.#dialog.element.addEventListener("input", () => this.#keep(), { signal });
    this.#dialog.element.addEventListener("close", () => typed.remove(this.#id), { signal });
    this.#retention = new Retention({ ask, confirm }, within(this.#dialog.element, ".dialog__fields"));
  }

  make() {
    this.#fill("new", { name: "", topic: "", forEveryone: false }, { mayLand: false, isNew: true });
    this.#retention.hide();
    this.#dialog.open("New room", "Create", async () => {
      const kind = within(this.#dialog.element, "[name=kind]:checked").getAttribute("value");
      this.#go(await this.#ask("POST", "/api/rooms", { ...this.#values(), kind }));
    });
  }

  /** @param {Room} room */
  edit(room) {
    const { isAdmin } = this.#state();
    this.#fill(String(room.id), room, { mayLand: isAdmin && room.kind === "open", isNew: false });
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
    return this.#ask("PATCH", `/api/rooms/${room.id}`, { ...this.#values(), ...landed, ...retention });
  }

  #keep() {
    const { name, topic } = this.#values();
    this.#typed.put({ id: this.#id, text: topic, name, created: 0 });
  }

  /**
   * @param {string} id under which it is kept
   * @param {Pick<Room, 'name' | 'topic' | 'forEveryone'>} room
   * @param {{mayLand: boolean, isNew: boolean}} offered `mayLand`: that new people are in it from the start
   */
  #fill(id, { forEveryone, name, topic }, { mayLand, isNew }) {
    const kept = this.#typed.get(id);
    this.#id = id;
    this.#name.value = kept?.name ?? name;
    this.#topic.value = kept?.text ?? topic;
    this.#landing.checked = forEveryone;
    byId("room-kinds", HTMLElement).hidden = !isNew;
    byId("room-landings", HTMLElement).hidden = !mayLand;
  }

  #values() {
    return { name: this.#name.value, topic: this.#topic.value };
  }
}
