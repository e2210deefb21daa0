/**
 * What its writer may do with a message that is not sent: try again at once, copy it, delete it.
 *
 * @import {Sync} from '../sync/sync.js'
 * @import {Pending, State} from '../state/types.js'
 * @import {Composer} from './composer.js'
 */

import { copy } from "../lib/dom.js";

export class Unsent {
  #composer;
  #state;
  #sync;

  /** @param {{composer: Composer, state: () => State, sync: Sync}} parts */
  constructor({ composer, state, sync }) {
    this.#sync = sync;
    this.#composer = composer;
    this.#state = state;
  }

  /**
   * @param {string} id
   * @param {string} action
   */
  act(id, action) {
    const entry = this.#state().pending.find((each) => each.id === id);
    if (action === "retry") this.#retry(id);
    if (action === "copy" && entry) copy(entry.text);
    if ((action === "delete" || action === "cancel") && entry) this.#discard(entry);
    this.#composer.focus();
  }

  /** @param {Pending} entry */
  #discard({ files, id, replyTo, room, text }) {
    this.#sync.outbox.remove(id);
    const again = files?.map((file) => ({ ...file, whole: false }));
    const undo = { label: "Undo", act: () => this.#sync.outbox.add(room, text, replyTo, again) };
    this.#composer.say("Deleted before it was sent", undo);
  }

  /** @param {string} id */
  #retry(id) {
    this.#sync.reconnect();
    this.#sync.outbox.retry(id);
  }
}
