/**
 * From room to room without loading the page: what leads to a room, a notification too, and the browser's Back and Forward.
 * Where this page does not have the room, the browser loads one that has.
 *
 * @import {State} from '../state/types.js'
 * @import {Place, Places} from '../timeline/places.js'
 */

const ROOM = /^\/rooms\/(\d+)(?:\/(\d+))?$/;
const LISTED_MS = 4_000; // the server compares the lists more often than that

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
  /** Where one goes once the room is in the list; "": nowhere. */
  #awaited = "";
  #listed = () => {};

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
   * Goes to a room that one has just come into: once it is in the list, unless one goes elsewhere meanwhile. The browser
   * loads it where that takes too long.
   *
   * @param {string} path
   */
  async to(path) {
    if (this.#turned(path)) return;
    this.#awaited = path;
    await new Promise((listed) => {
      this.#listed = () => this.#has(path) && listed(true);
      setTimeout(listed, LISTED_MS);
    });
    if (this.#awaited === path && !this.#turned(path)) location.assign(path);
  }

  /** The list of rooms may have changed. */
  changed() {
    this.#listed();
  }

  /** @param {string} path */
  #has(path) {
    return this.#needs.state().rooms[Number(ROOM.exec(path)?.[1])] !== undefined;
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
    this.#awaited = "";
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
    this.#awaited = "";
    leave();
    places.comeBack();
    turn(room, Number(ROOM.exec(location.pathname)?.[2] ?? 0), places.here);
  }
}
