/**
 * The page without its views: what the server says goes into the store; what is said to it waits until it is
 * acknowledged. Needs no DOM.
 *
 * @import {Store} from '../state/store.js'
 * @import {Api} from './api.js'
 * @import {Ack, Clock, ErrorEvent, ServerEvent, TextStorage} from '../state/types.js'
 */

import { Changes } from "./changes.js";
import { Connection } from "./connection.js";
import { History } from "./history-loader.js";
import { Outbox, isUnsent } from "./outbox.js";
import { uuid } from "./protocol.js";
import { Reader } from "./read-receipts.js";
import { Shelf } from "./unsent-storage.js";
import { position } from "../state/selectors.js";

const ASKED_MS = 2_000;

/**
 * @typedef {object} World
 * @property {Api} api
 * @property {Clock} clock
 * @property {ConstructorParameters<typeof Connection>[0]['open']} open
 * @property {TextStorage | null} storage
 *
 * @typedef {object} SyncActions
 * @property {() => void} logIn the session has ended
 * @property {() => void} reload someone else has logged in with this browser, or one may not read the open room
 * @property {() => void} goHome one is no member of the open room any more: another one is to be open
 * @property {(event: Ack) => void} acknowledged
 * @property {(event: ErrorEvent) => void} refused
 * @property {() => void} disconnected
 */

export class Sync {
  #store;
  #actions;

  /**
   * @param {Store} store
   * @param {World} world
   * @param {SyncActions} actions
   */
  constructor(store, { api, clock, open, storage }, actions) {
    this.#store = store;
    this.#actions = actions;
    const send = this.send.bind(this);

    this.history = new History({ api, clock, random: Math.random, store, onSessionEnded: actions.logIn, onOutside: actions.reload });
    this.outbox = new Outbox({
      ...{ clock, uuid: () => uuid(), shelf: new Shelf(storage, `outbox:${store.state.me.id}`, isUnsent), send },
      onChange: (pending, durable, ack) => this.#changedOutbox(pending, durable, ack),
    });
    this.changes = new Changes({ clock, uuid: () => uuid(), send });
    this.reader = new Reader({
      ...{ clock, send },
      onRead: (room, seq) => store.dispatch({ type: "read", room, seq }),
      onTakenBack: (room) => store.dispatch({ type: "taken-back", room }),
    });
    this.connection = new Connection({
      ...{ clock, random: Math.random, open },
      position: (headRevs) => position(store.state, headRevs),
      onEvent: (event) => this.#received(event),
      onOpen: () => (this.outbox.connected(), this.changes.connected()),
      onPhase: (phase, code) => this.#changedPhase(phase, code),
      onRefused: () => this.history.check(),
      onSessionEnded: actions.logIn,
    });
  }

  /**
   * @param {Parameters<Connection['send']>[0]} command
   * @returns {boolean} false: not connected
   */
  send(command) {
    return this.connection.send(command);
  }

  /** Somebody asks for a new connection: they get one, unless something has just come through the old one. */
  reconnect() {
    this.connection.tryNow(ASKED_MS);
  }

  /** Something waits to be sent that would end with the page. */
  get isAtRisk() {
    const { durable, pending } = this.#store.state;
    return (!durable && pending.length > 0) || !this.changes.isEmpty;
  }

  /** @param {boolean} online what the browser says */
  network(online) {
    this.#store.dispatch({ type: "network", online });
    if (online) this.connection.online();
    else this.connection.offline();
  }

  /**
   * One is no member of a room any more. What was typed there is kept as its draft.
   *
   * @param {number} room
   */
  left(room) {
    if (room === this.#store.state.open) this.#actions.goHome();
    this.#store.dispatch({ type: "left", room });
  }

  /** @param {ServerEvent} event */
  #received(event) {
    const { me, open } = this.#store.state;
    if (event.type === "hello" && event.user.id !== me.id) return this.#actions.reload();
    if (event.type === "left") return this.left(event.room);
    if (event.type === "ack") return this.#acknowledged(event);
    this.#store.dispatch(event);
    if (event.type === "hello") {
      this.reader.greeted(event);
      if (event.rooms.every(({ id }) => id !== open)) this.left(open);
    }
    if (event.type === "read") this.reader.received(event);
    if (event.type === "error") {
      for (const each of [this.outbox, this.changes]) each.refused(event);
      this.#actions.refused(event);
    }
  }

  /**
   * The outbox puts it into the store, together with what is left to send.
   *
   * @param {Ack} event
   */
  #acknowledged(event) {
    for (const each of [this.outbox, this.changes]) each.acknowledged(event);
    this.#actions.acknowledged(event);
  }

  /** @type {ConstructorParameters<typeof Outbox>[0]['onChange']} */
  #changedOutbox(pending, durable, ack) {
    this.#store.dispatch({ type: "outbox", pending, durable, ack });
    if (pending.length > 0) this.connection?.hurry(); // the outbox takes over what was kept before there is a connection
  }

  /**
   * @param {'connecting' | 'waiting'} phase
   * @param {number} code
   */
  #changedPhase(phase, code) {
    for (const each of [this.outbox, this.changes]) each.disconnected(code);
    this.#actions.disconnected();
    this.#store.dispatch({ type: "connection", phase, code });
    if (this.#store.state.pending.length > 0 || !this.changes.isEmpty) this.connection.hurry();
  }
}
