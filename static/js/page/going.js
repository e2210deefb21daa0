/**
 * From room to room without loading the page: what leads to a room, a notification too, the browser's Back and Forward,
 * and the ways into a room and out of it. Where this page does not have the room, the browser loads one that has.
 *
 * @import {Store} from '../state/store.js'
 * @import {RoomSummary} from '../state/types.js'
 * @import {Place, Places} from '../timeline/places.js'
 */

import { isRoom } from "../sync/protocol.js";

const ROOM = /^\/rooms\/(\d+)(?:\/(\d+))?$/;

/**
 * @typedef {object} GoingNeeds
 * @property {Store} store
 * @property {Places} places
 * @property {(path: string) => void} offer to join the room of an address
 * @property {() => void} leave the room that is open, before its entry of the history changes
 * @property {(room: number, marked: number, place: Place | null) => void} turn to a room: to a message by its seq, or to
 *   where the reader was
 */

export class Going {
  #needs;

  /**
   * @param {GoingNeeds} needs
   * @param {AbortSignal} signal
   */
  constructor(needs, signal) {
    this.#needs = needs;
    document.addEventListener("click", (event) => this.#clicked(event), { signal });
    window.addEventListener("popstate", () => this.#popped(), { signal });
    navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => ports[0].postMessage(this.#turned(data)), { signal });
  }

  /**
   * Goes to a room that one has just come into: the server's answer has what the page needs of it.
   *
   * @param {{room: RoomSummary}} answer
   * @param {string} [path] to a message in it
   */
  into({ room }, path = `/rooms/${room.id}`) {
    if (isRoom(room)) this.#needs.store.dispatch({ ...room, type: "room" });
    this.#go(path);
  }

  /** Goes to where people land: one is no longer in the open room, whose entry of the history is that room's from then on. */
  home() {
    const { open, rooms } = this.#needs.store.state;
    const others = Object.values(rooms).filter(({ id }) => id !== open);
    const home = others.find(({ archived, kind }) => kind !== "direct" && !archived) ?? others[0];
    this.#go(home ? `/rooms/${home.id}` : "/", true);
  }

  /**
   * @param {string} path
   * @param {boolean} [isInPlace]
   */
  #go(path, isInPlace) {
    if (!this.#turned(path, isInPlace)) location.assign(path);
  }

  /**
   * Whether this page turns to an address.
   *
   * @param {string} path
   * @param {boolean} [isInPlace] of the present one in the history
   */
  #turned(path, isInPlace = path === location.pathname) {
    const { leave, places, store, turn } = this.#needs;
    const [, id, seq] = ROOM.exec(path)?.map(Number) ?? [];
    const { open, rooms } = store.state;
    if (!rooms[id]) return false;
    leave();
    places.visit(id, path, isInPlace);
    turn(id, seq || 0, seq || id === open ? null : places.lastIn(id));
    return true;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || event.defaultPrevented || !isPlain || link.target || link.origin !== location.origin) return;
    if (link.search || link.hash) return;
    if (this.#turned(link.pathname) || this.#offered(link.pathname)) event.preventDefault();
  }

  /**
   * Whether an address is that of a room that one is not in: whether to join it is asked here. Until the server's greeting
   * one may be in rooms that the page does not have.
   *
   * @param {string} path
   */
  #offered(path) {
    const { offer, store } = this.#needs;
    const isOffered = store.state.connection.phase === "open" && ROOM.test(path);
    if (isOffered) offer(path);
    return isOffered;
  }

  #popped() {
    const { leave, places, store, turn } = this.#needs;
    if (!places.isElsewhere) return;
    const { room } = history.state ?? {};
    if (!store.state.rooms[room]) return location.reload();
    leave();
    places.comeBack();
    turn(room, Number(ROOM.exec(location.pathname)?.[2] ?? 0), places.here);
  }
}
