/**
 * All that shows rooms and what can be done with them, but the messages of the open one.
 *
 * @import {Ask} from '../sync/api.js'
 * @import {ErrorEvent, Level, State} from '../state/types.js'
 */

import { tellReadersDay } from "./jump-to-day.js";
import { Levels } from "./notification-level.js";
import { PresenceView } from "./presence-view.js";
import { RoomHead } from "./room-head.js";
import { RoomMenu } from "./room-menu.js";
import { Sidebar } from "./sidebar.js";
import { Switcher } from "./switcher.js";

/**
 * @typedef {object} RoomsActions
 * @property {() => State} state
 * @property {Ask} ask
 * @property {(level: Level) => boolean} setLevel of the open room; false: not connected
 * @property {(sentence: string) => void} tell
 */

export class RoomsView {
  #levels;
  #switcher;
  #views;

  /**
   * @param {RoomsActions} actions
   * @param {AbortSignal} signal
   */
  constructor({ ask, setLevel, state, tell }, signal) {
    this.#levels = new Levels({ set: setLevel, tell }, signal);
    this.#switcher = new Switcher(state, ask, signal);
    const menu = new RoomMenu(state, ask, signal);
    this.#views = [this.#levels, new PresenceView(), new Sidebar(), new RoomHead(signal), menu];
    tellReadersDay(signal);
  }

  /** @param {State} state */
  render(state) {
    for (const view of this.#views) view.render(state);
  }

  jump() {
    this.#switcher.open();
  }

  /** @param {ErrorEvent} event */
  refused(event) {
    this.#levels.refused(event);
  }

  disconnected() {
    this.#levels.disconnected();
  }
}
