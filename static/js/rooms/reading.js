/**
 * What of the rooms is read: what is seen, what the reader calls read or unread, and the way back from both.
 *
 * @import {Sync} from '../sync/sync.js'
 * @import {Room, State} from '../state/types.js'
 */

import { unread } from "../state/room.js";

const UNSENT = "There is no connection: try again in a moment.";

/**
 * @typedef {object} ReadingActions
 * @property {(sentence: string, offer?: {label: string, act: () => void}) => void} say
 * @property {() => void} toEnd
 */

export class Reading {
  #sync;
  #state;
  #actions;

  /**
   * @param {{state: () => State, sync: Sync}} parts
   * @param {ReadingActions} actions
   */
  constructor({ state, sync }, actions) {
    this.#sync = sync;
    this.#state = state;
    this.#actions = actions;
  }

  /** Everything up to the newest message of the open room is in view. */
  seen() {
    const { attending, open, rooms } = this.#state();
    if (attending && !rooms[open].keptUnread) this.#sync.reader.sawNewest(rooms[open]);
  }

  /** @param {number} seq of the message that is unread from now on, with all after it */
  takeBack(seq) {
    const { open } = this.#state();
    this.#sync.reader.flush(); // what is taken back must have been said
    const isSent = this.#sync.send({ type: "unread", room: open, seq });
    if (isSent) this.#sync.reader.takenBack(open);
    this.#actions.say(isSent ? "Unread from here, until you press Esc or come back." : UNSENT);
  }

  /** @param {boolean} everywhere in all rooms, or in the open one */
  readAll(everywhere) {
    const { open, rooms } = this.#state();
    const read = everywhere ? Object.values(rooms) : [rooms[open]];
    const unreadOnes = read.filter((room) => unread(room) > 0);
    for (const room of read) this.#sync.reader.sawNewest(room);
    this.#actions.toEnd();
    if (!everywhere || unreadOnes.length === 0) return;
    this.#actions.say("All read", { label: "Undo", act: () => this.#unreadAgain(unreadOnes) });
  }

  /** @param {Room[]} rooms as they were before */
  #unreadAgain(rooms) {
    this.#sync.reader.flush();
    const areSent = rooms.every(({ id, readSeq }) => this.#sync.send({ type: "unread", room: id, seq: readSeq + 1 }));
    this.#actions.say(areSent ? "Unread again, as it was." : UNSENT);
  }
}
