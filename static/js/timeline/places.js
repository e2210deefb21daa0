/**
 * Where in its rooms a tab is: which message is first in view, and where it ends. Kept by entry of the tab's history, so
 * that Back and a reload find the place again; by room, for who turns to it again; and the last one of all, for who comes
 * back from a page beside the rooms: a profile, the form to log in. Needs neither the page nor what a place looks like.
 *
 * @import {TextStorage} from '../state/types.js'
 */

const LAST = "parley:last-place";

/**
 * @typedef {{seq: number, bottom: number}} Place `bottom`: pixels from the top of the timeline
 *
 * @typedef {object} PlacesOptions
 * @property {TextStorage | null} tab
 * @property {Pick<History, 'state' | 'replaceState' | 'pushState'>} history
 * @property {() => string} uuid
 * @property {{origin: string, referrer: string, isLink: boolean}} address of this site, and of the page that led here;
 *   `isLink`: neither Back nor a reload did
 */

export class Places {
  #tab;
  #history;
  #uuid;
  #room;
  #entry = "";
  /** The last place in each room of this page.
   * @type {Map<number, Place | null>} */
  #last = new Map();

  /**
   * @param {PlacesOptions} options
   * @param {number} room
   */
  constructor({ tab, history, uuid, address }, room) {
    this.#tab = tab;
    this.#history = history;
    this.#uuid = uuid;
    this.#room = room;
    const { entry = uuid(), room: before } = history.state ?? {};
    if (before !== room) history.replaceState({ ...history.state, entry, room }, "");
    this.comeBack();
    // A link to the page that is open takes its entry over, with what was noted there.
    if (address.isLink) write(tab, this.#key, isBeside(address) ? read(tab, LAST) : null);
  }

  get #key() {
    return `parley:place:${this.#entry}`;
  }

  /** Whether Back or Forward came to another entry of the history, and not only closed what lay over the page. */
  get isElsewhere() {
    return this.#history.state?.entry !== this.#entry;
  }

  /** The entry to which Back or Forward came is the present one. */
  comeBack() {
    const { entry, room } = this.#history.state;
    this.#entry = entry;
    this.#room = room;
  }

  /**
   * A room is gone to, by an entry of its own. One that only closes what lies over the page makes way for it, and so does
   * one of the same address.
   *
   * @param {number} room
   * @param {string} path
   * @param {boolean} isSame the address is that of the present entry
   */
  visit(room, path, isSame) {
    const { drawer, lightbox } = this.#history.state;
    const state = { entry: this.#uuid(), room };
    if (isSame || drawer || lightbox) this.#history.replaceState(state, "", path);
    else this.#history.pushState(state, "", path);
    this.comeBack();
  }

  /**
   * Where the reader was last in a room of this page.
   *
   * @param {number} room
   */
  lastIn(room) {
    return this.#last.get(room) ?? null;
  }

  /**
   * Where the reader was; null at the end, and for who comes anew.
   *
   * @returns {Place | null}
   */
  get here() {
    const kept = read(this.#tab, this.#key);
    const isHere = kept?.room === this.#room && Number.isInteger(kept.seq) && Number.isFinite(kept.bottom);
    return isHere ? { seq: kept.seq, bottom: kept.bottom } : null;
  }

  /** @param {Place | null} place null: at the end */
  keep(place) {
    this.#last.set(this.#room, place);
    for (const key of [this.#key, LAST]) write(this.#tab, key, { room: this.#room, ...place });
  }
}

/**
 * The room where a tab was last.
 *
 * @param {TextStorage | null} tab
 */
export function lastRoom(tab) {
  const room = read(tab, LAST)?.room;
  return Number.isInteger(room) ? room : null;
}

/**
 * Whether one comes from a page of this site that is no room.
 *
 * @param {PlacesOptions['address']} address
 */
function isBeside({ origin, referrer }) {
  const path = referrer.startsWith(`${origin}/`) ? referrer.slice(origin.length) : "/";
  return !/^\/(?:rooms\/|[?#]|$)/.test(path);
}

/**
 * @param {TextStorage | null} tab
 * @param {string} key
 * @returns {any} null where nothing is kept that could be read
 */
function read(tab, key) {
  try {
    return JSON.parse(tab?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {TextStorage | null} tab
 * @param {string} key
 * @param {object | null} value
 */
function write(tab, key, value) {
  try {
    tab?.setItem(key, JSON.stringify(value));
  } catch {
    // full or forbidden: who comes back begins at the end
  }
}
