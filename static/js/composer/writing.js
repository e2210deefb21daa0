/**
 * Writing in the open room: what is typed is sent, edited or kept, and what the server says of it is shown beside it.
 *
 * @import {Attaching} from '../files/attaching.js'
 * @import {Api} from '../sync/api.js'
 * @import {Sync} from '../sync/sync.js'
 * @import {Place} from './intent.js'
 * @import {Ack, Clock, State, TextStorage} from '../state/types.js'
 */

import { offSentence } from "../lib/avatar.js";
import { find } from "../state/message-list.js";
import { messageOffers, roomOffers } from "../state/offers.js";
import { uuid } from "../sync/protocol.js";
import { Shelf } from "../sync/unsent-storage.js";
import { takeMention } from "./address.js";
import { Completion } from "./completion.js";
import { Composer } from "./composer.js";
import { Draft } from "./drafts.js";
import { Marking } from "./format-keys.js";
import { Intent } from "./intent.js";
import { Unheard } from "./unheard.js";

/**
 * @typedef {object} Surroundings what it needs of the page
 * @property {Api} api
 * @property {() => Pick<Attaching, 'ready' | 'sent'>} attaching
 * @property {Clock} clock
 * @property {() => State} state
 * @property {TextStorage | null} storage
 * @property {TextStorage | null} tab
 * @property {Sync} sync
 *
 * @typedef {object} WritingActions
 * @property {() => void} toEnd
 * @property {(direction: 1 | -1) => void} byPage
 * @property {(seq: number) => void} askToDelete
 */

export class Writing {
  #needs;
  #actions;
  #room;
  #unheard;
  #completion;
  /** What is being written, by the id of the room.
   * @type {Map<number, Place>} */
  #places = new Map();

  /**
   * @param {Surroundings} needs
   * @param {WritingActions} actions
   * @param {AbortSignal} signal
   */
  constructor(needs, actions, signal) {
    const { api, clock, state } = needs;
    this.#needs = needs;
    this.#actions = actions;
    this.#room = state().open;
    this.composer = new Composer(this.#ofComposer(), { clock, limit: state().textLimit, signal });
    this.intent = new Intent(this.composer, this.#ofIntent(), this.#place, signal);
    this.#unheard = new Unheard(api.ask, signal);
    new Marking(signal);
    this.#completion = new Completion((begin) => api.membersLike(this.#room, begin), signal);
  }

  /** Takes up what was being written, and what the address asks for. */
  begin() {
    this.intent.resume();
    takeMention(this.composer);
  }

  /** Something was typed, in whichever room, that would end with the page. */
  get isAtRisk() {
    return [...this.#places.values()].some(({ draft, edits }) => !draft.isKept || !edits.isKept);
  }

  /** Another room is open: what is written from now on is for it. */
  enter() {
    this.#room = this.#needs.state().open;
    this.#unheard.clear();
    this.#completion.close();
    this.intent.enter(this.#place);
  }

  /**
   * A message was deleted here.
   *
   * @param {number} room
   * @param {number} seq
   */
  deleted(room, seq) {
    if (room === this.#room) this.intent.deleted(seq);
  }

  /** @param {Ack} event */
  acknowledged({ off, room, seq, unheard }) {
    if (room !== this.#room) return;
    const mayAdd = roomOffers(this.#needs.state()).add;
    if (unheard) this.#unheard.show(unheard, { room, seq, mayAdd });
    if (off) this.composer.say(offSentence(off));
  }

  #ofComposer() {
    const { byPage, toEnd } = this.#actions;
    return {
      ...{ byPage, toEnd, editLast: () => this.#editLast() },
      typed: (/** @type {string} */ text) => this.intent.typed(text),
      send: (/** @type {string} */ text) => this.#send(text),
      typing: () => this.#needs.sync.send({ type: "typing", room: this.#room }),
    };
  }

  #ofIntent() {
    const { state, sync } = this.#needs;
    return {
      find: (/** @type {number} */ seq) => find(state().rooms[this.#room]?.messages ?? [], seq),
      save: (/** @type {number} */ seq, /** @type {string} */ text, /** @type {(refusal: string) => void} */ ended) =>
        sync.changes.add({ type: "edit", room: this.#room, seq, text }, ended),
      drop: (/** @type {string} */ id) => sync.changes.drop(id),
      empty: this.#actions.askToDelete,
    };
  }

  /** What is being written in the open room. */
  get #place() {
    const place = this.#places.get(this.#room) ?? { draft: this.#draft("draft"), edits: this.#draft("edit"), now: null };
    this.#places.set(this.#room, place);
    return place;
  }

  /** @param {string} kind */
  #draft(kind) {
    const { clock, state, storage, tab } = this.#needs;
    const place = `${kind}:${state().me.id}:${this.#room}`;
    return new Draft({ place, shelf: new Shelf(storage, place), tab, uuid: () => uuid(), now: clock.now });
  }

  /** @param {string} text */
  #send(text) {
    this.#unheard.clear();
    if (this.intent.took(text)) return false;
    const attaching = this.#needs.attaching();
    const files = attaching.ready;
    if (!files) return false;
    if (text === "" && files.length === 0) return this.#refuseEmpty();
    this.#needs.sync.outbox.add(this.#room, text, this.intent.replyTo, files);
    attaching.sent();
    this.intent.sent();
    this.#actions.toEnd();
    return true;
  }

  /** Enter in an empty field is an accident; signs that nobody sees want a word. */
  #refuseEmpty() {
    if (!this.composer.isEmpty) this.composer.say("Write something first.");
    return false;
  }

  #editLast() {
    const state = this.#needs.state();
    const own = state.rooms[this.#room].messages.findLast((message) => messageOffers(message, state).edit);
    if (own) this.intent.edit(own);
  }
}
