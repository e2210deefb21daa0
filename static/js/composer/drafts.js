/**
 * What is typed and not sent: a text and what it is for, one value, kept in the browser's storage under its own key.
 * The rule: a tab writes its own drafts alone, and shows the newest of the others only while nothing is typed in it; so
 * no tab overwrites what another one holds, and sending a text removes it wherever it stands, and nothing else.
 *
 * A tab that changes another's draft goes on in one of its own, and sets the other aside. If the tab in which that was
 * typed is there, or comes back, it takes it up again; else it is shown no more. Without storage nothing is kept.
 *
 * @import {Shelf} from '../sync/unsent-storage.js'
 * @import {TextStorage} from '../state/types.js'
 */

import { cleaned } from "../lib/text.js";

/** How long a draft that was set aside waits for the tab in which it was typed. */
const ASIDE_MS = 30 * 86_400_000;

/**
 * @typedef {{text: string, replyTo?: number, seq?: number, original?: string}} Value `replyTo`: the seq of the message it
 *   answers; `seq` and `original`: of the message that it edits
 * @typedef {Value & {id: string, created: number, aside?: boolean}} Kept
 *
 * @typedef {object} DraftOptions
 * @property {Shelf<Kept>} shelf of all tabs, for one person and one room
 * @property {TextStorage | null} tab of this tab alone; it remembers over reloads which draft is its own
 * @property {string} place under which it does
 * @property {() => string} uuid
 * @property {() => number} now milliseconds
 */

/** @type {Value} */
const NOTHING = { text: "" };

export class Draft {
  #options;
  /** Which one is shown. */
  #id = "";
  #isOwn = false;
  #value = NOTHING;
  #isKept = true;

  /** @param {DraftOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get value() {
    return this.#value;
  }

  /** It would survive the page. */
  get isKept() {
    return this.#isKept;
  }

  /** Takes up what was typed in this tab before, or else what another one left; what this page alone has stays. */
  take() {
    const { now, shelf } = this.#options;
    const { replyTo, seq, text } = this.#value;
    if (!this.#isKept || (!text && (replyTo || seq))) return this.#value;
    const own = shelf.get(this.#ownId());
    const old = shelf.entries().filter((each) => each.aside && each.id !== own?.id && each.created < now() - ASIDE_MS);
    for (const { id } of old) shelf.remove(id);
    return own ? this.#show(this.#takeUp(own), true) : this.#showNewest();
  }

  /**
   * Something was typed, or it is for something else now.
   *
   * @param {Partial<Value>} fields
   */
  change(fields) {
    const { now, shelf } = this.#options;
    if (!this.#isOwn) this.#setAside();
    if (!this.#isOwn || !shelf.get(this.#id)) this.#own(); // what was removed once is over: never the same id again
    this.#value = { ...this.#value, ...fields };
    const { text, replyTo, seq } = this.#value;
    this.#isKept = !text || shelf.put({ ...this.#value, id: this.#id, created: now() });
    if (text) return;
    if (replyTo || seq) shelf.remove(this.#id);
    else this.drop();
  }

  /** What is shown was sent: it is no draft any more, in any tab. */
  sent() {
    const { shelf } = this.#options;
    const text = cleaned(this.#value.text);
    for (const each of shelf.entries()) if (cleaned(each.text) === text) shelf.remove(each.id);
    this.drop();
  }

  /** What is shown was given up. */
  drop() {
    if (this.#isOwn) this.#options.shelf.remove(this.#id);
    else this.#setAside();
    this.#ownId("");
    this.#isKept = true;
    return this.#show({ id: "", ...NOTHING }, false);
  }

  /**
   * Another tab changed the storage. Returns what is to be shown from now on, or null when that stays.
   *
   * @param {{key: string | null, newValue: string | null, oldValue: string | null}} change
   */
  storageChanged({ key, newValue, oldValue }) {
    const { shelf } = this.#options;
    if (shelf.idOf(key) === null) return null;
    const [kept, before] = [shelf.entryOf(key, newValue), shelf.entryOf(key, oldValue)];
    if (this.#isOwn) return shelf.idOf(key) === this.#id ? this.#defend(kept, before) : null;
    const isTyped = kept && !kept.aside && !(before && isSame(before, kept));
    if (!this.#id && !isTyped) return null;
    const shown = this.#value;
    const value = this.#showNewest();
    return isSame(value, shown) ? null : value;
  }

  /**
   * One's own draft is gone, as the same text was sent from another tab; or a copy of this tab has written it. What counts
   * is what is stored now: an event may be older than what was typed since.
   *
   * @param {Kept | null} kept
   * @param {Kept | null} before
   */
  #defend(kept, before) {
    const now = this.#options.shelf.get(this.#id);
    if (now && isSame(now, this.#value)) this.#takeUp(now);
    if (now ? isSame(now, this.#value) : kept) return null;
    if (!now && before && isSame(before, this.#value)) return this.drop();
    this.#own();
    this.change({});
    return null;
  }

  #setAside() {
    const { shelf } = this.#options;
    const kept = shelf.get(this.#id);
    if (kept) shelf.put({ ...kept, aside: true });
  }

  /** @param {Kept} kept */
  #takeUp(kept) {
    if (kept.aside) this.#options.shelf.put({ ...kept, aside: false });
    return kept;
  }

  /** What is shown is this tab's own from here on. */
  #own() {
    this.#id = this.#ownId(this.#options.uuid());
    this.#isOwn = true;
  }

  /**
   * The id of the draft that was typed in this tab; sets it, where one is given.
   *
   * @param {string} [id]
   */
  #ownId(id) {
    const { place, tab } = this.#options;
    try {
      if (id !== undefined) tab?.setItem(place, id);
      return id ?? tab?.getItem(place) ?? "";
    } catch {
      return id ?? "";
    }
  }

  #showNewest() {
    const kept = this.#options.shelf.entries().findLast((each) => !each.aside);
    return this.#show(kept ?? { id: "", ...NOTHING }, false);
  }

  /**
   * @param {Value & {id: string}} kept
   * @param {boolean} isOwn
   */
  #show({ id, text, replyTo, seq, original }, isOwn) {
    this.#id = id;
    this.#isOwn = isOwn;
    this.#value = { text, replyTo, seq, original };
    return this.#value;
  }
}

/**
 * @param {Value} one
 * @param {Value} other
 */
function isSame(one, other) {
  return one.text === other.text && (one.replyTo ?? 0) === (other.replyTo ?? 0) && one.seq === other.seq;
}
