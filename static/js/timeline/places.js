/**
 * Where in its rooms a tab is: which message is first in view, and where it ends. Kept by entry of the tab's history, so
 * that Back and a reload find the place again; and the last one of all, for who comes back from a page beside the rooms:
 * a profile, the form to log in. Needs neither the page nor what a place looks like.
 *
 * @import {TextStorage} from '../state/types.js'
 */

const LAST = "parley:last-place";

/**
 * @typedef {{seq: number, bottom: number}} Place `bottom`: pixels from the top of the timeline
 *
 * @typedef {object} PlacesOptions
 * @property {TextStorage | null} tab
 * @property {Pick<History, 'state' | 'replaceState'>} history
 * @property {() => string} uuid
 * @property {{origin: string, referrer: string, isLink: boolean}} address of this site, and of the page that led here;
 *   `isLink`: neither Back nor a reload did
 */

export class Places {
  #tab;
  #room;
  #key;

  /**
   * @param {PlacesOptions} options
   * @param {number} room
   */
  constructor({ tab, history, uuid, address }, room) {
    this.#tab = tab;
    this.#room = room;
    if (typeof history.state?.entry !== "string") history.replaceState({ ...history.state, entry: uuid() }, "");
    this.#key = `parley:place:${history.state.entry}`;
    // A link to the page that is open takes its entry over, with what was noted there.
    if (address.isLink) write(tab, this.#key, isBeside(address) ? read(tab, LAST) : null);
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
