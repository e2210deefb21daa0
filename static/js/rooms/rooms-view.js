/**
 * All that shows rooms and what can be done with them, but the messages of the open one.
 *
 * @import {Api, Go} from '../sync/api.js'
 * @import {Sync} from '../sync/sync.js'
 * @import {Entry, Shelf} from '../sync/unsent-storage.js'
 * @import {ErrorEvent, State} from '../state/types.js'
 */

import { tellReadersDay } from "./jump-to-day.js";
import { PreferencesMenu } from "./preferences-menu.js";
import { PresenceView } from "./presence-view.js";
import { RoomHead } from "./room-head.js";
import { RoomMenu } from "./room-menu.js";
import { Sidebar } from "./sidebar.js";

/**
 * @typedef {object} Surroundings what it needs of the page
 * @property {Api} api
 * @property {Sync} sync
 * @property {() => State} state
 * @property {(sentence: string) => void} say
 * @property {Go} go
 * @property {Shelf<Entry>} typed into forms about rooms, in this tab
 */

export class RoomsView {
  #preferences;
  #menu;
  #views;

  /**
   * @param {Surroundings} needs
   * @param {AbortSignal} signal
   */
  constructor({ api: { ask }, go, say, state, sync, typed }, signal) {
    this.#preferences = new PreferencesMenu({ set: (preference) => sync.send(preference), say }, signal);
    this.#menu = new RoomMenu({ ask, go, say, state, sync, typed }, signal);
    this.#views = [this.#preferences, new PresenceView(), new Sidebar(), new RoomHead(signal), this.#menu];
    tellReadersDay(state, signal);
  }

  /** @param {State} state */
  render(state) {
    for (const view of this.#views) view.render(state);
  }

  /**
   * Asks whether to join a room.
   *
   * @param {string} path of the room, or of a message in it
   */
  offer(path) {
    this.#menu.open("join", path);
  }

  /** @param {ErrorEvent} event */
  refused(event) {
    this.#preferences.refused(event);
  }

  disconnected() {
    this.#preferences.disconnected();
  }
}
