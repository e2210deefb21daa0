/**
 * From room to room without loading the page: what leads to a room, and the browser's Back and Forward. Where this page does
 * not have the room, the browser loads one that has.
 *
 * @import {State} from '../state/types.js'
 * @import {Place, Places} from '../timeline/places.js'
 */

const ROOM = /^\/rooms\/(\d+)(?:\/(\d+))?$/;

/**
 * @typedef {object} GoingNeeds
 * @property {() => State} state
 * @property {Places} places
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
  }

  /**
   * Goes to an address, on this page where it can.
   *
   * @param {string} path
   */
  to(path) {
    if (!this.#turned(path)) location.assign(path);
  }

  /**
   * Whether this page turns to an address.
   *
   * @param {string} path
   */
  #turned(path) {
    const { leave, places, state, turn } = this.#needs;
    const [, id, seq] = ROOM.exec(path)?.map(Number) ?? [];
    const { open, rooms } = state();
    if (!rooms[id]) return false;
    leave();
    places.visit(id, path, path === location.pathname);
    turn(id, seq || 0, seq || id === open ? null : places.lastIn(id));
    return true;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || event.defaultPrevented || !isPlain || link.target || link.origin !== location.origin) return;
    if (link.search || link.hash) return;
    if (this.#turned(link.pathname)) event.preventDefault();
  }

  #popped() {
    const { leave, places, state, turn } = this.#needs;
    if (!places.isElsewhere) return;
    const { room } = history.state ?? {};
    if (!state().rooms[room]) return location.reload();
    leave();
    places.comeBack();
    turn(room, Number(ROOM.exec(location.pathname)?.[2] ?? 0), places.here);
  }
}
