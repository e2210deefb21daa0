/**
 * The timeline: what is in it, where the reader is in it, and what both mean for one another.
 *
 * @import {Loading, Room, State} from '../state/types.js'
 * @import {Place} from './places.js'
 * @import {Mark} from './scroll.js'
 */

import { byId, setText } from "../lib/dom.js";
import { timeline } from "./grouping.js";
import { LogView } from "./log-view.js";
import { unread } from "../state/room.js";
import { Scroll } from "./scroll.js";

/**
 * @typedef {object} TimelineActions
 * @property {() => void} older
 * @property {() => void} newer
 * @property {() => void} newest
 * @property {(seq: number) => void} around
 * @property {(following: boolean) => void} follow
 * @property {(place: Place | null) => void} moved where the reader is now; null: at the end
 * @property {(key: string, action: string) => void} act on a message that is not sent
 */

/** So many messages for one drawing are a rush; the first drawing on a slow machine is none. */
const RUSH_MESSAGES = 5;

export class Timeline {
  #actions;
  #log = byId("log", HTMLElement);
  #scroller = byId("timeline", HTMLElement);
  #pill = byId("pill", HTMLButtonElement);
  #view = new LogView(this.#log);
  #scroll = new Scroll(this.#scroller, this.#log);
  /** @type {Room | null} */
  #room = null;
  /** How many messages came for the latest drawing. */
  #came = 0;
  /** Where to go once it is loaded: the "New" line, the end, a message by its seq, or to a place where one was.
   * @type {'new' | 'end' | number | Place | null} */
  #goal = null;

  /**
   * @param {TimelineActions} actions
   * @param {AbortSignal} signal
   */
  constructor(actions, signal) {
    this.#actions = actions;
    this.#view.adopt();
    this.#scroller.addEventListener("scroll", () => this.#moved(), { signal, passive: true });
    this.#pill.addEventListener("click", () => this.toEnd(), { signal });
    this.#log.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  /** Everything up to the newest message is in view. */
  get isAtEnd() {
    return !this.#goal && Boolean(this.#room?.atEnd) && this.#scroll.isAtEnd;
  }

  /**
   * The reader comes in: back to where they were, to a message that they asked for, or to the first unread one, else to
   * the end.
   *
   * @param {Room} room
   * @param {number} marked its seq; 0: none
   * @param {Place | null} place
   */
  enter({ messages, newAt }, marked, place) {
    this.#goal = place ?? (marked || (newAt > 0 ? "new" : "end"));
    const seq = place?.seq ?? (this.#goal === "new" ? newAt : 0);
    const [first, last] = [messages.at(0), messages.at(-1)];
    if (seq && first && last && (seq < first.seq || (place && seq > last.seq))) this.#actions.around(seq);
  }

  /** To the newest message, loading it first where need be. */
  toEnd() {
    this.#goal = "end";
    this.#actions.follow(true);
    if (this.#room && !this.#room.atEnd) this.#actions.newest();
    else this.#arrive();
    this.#showPill();
  }

  /** @param {1 | -1} direction */
  byPage(direction) {
    this.#scroll.byPage(direction);
  }

  /**
   * @param {State} state
   * @param {number} now milliseconds
   */
  render(state, now) {
    const room = state.rooms[state.open];
    const mark = this.#scroll.mark();
    const isHistory = !this.#room || Object.values(this.#room.loading).includes("loading");
    this.#log.setAttribute("aria-live", isHistory ? "off" : "polite");
    this.#view.render(timeline(state, room, now));
    this.#came = this.#room ? room.lastSeq - this.#room.lastSeq : 0;
    this.#room = room;
    showEdge(byId("edge-older", HTMLElement), room.loading.older, "older", this.#actions.older);
    showEdge(byId("edge-newer", HTMLElement), room.loading.newer, "newer", this.#actions.newer);
    byId("welcome", HTMLElement).hidden = !room.atStart;
    this.#settle(mark);
    this.#loadMore();
    this.#showPill();
  }

  /**
   * While more comes than can be read, only the lines in view are laid out. At the end alone: elsewhere the guessed
   * heights of the others would move what is being read.
   *
   * @param {boolean} isRush
   */
  rush(isRush) {
    const { isAtEnd } = this;
    const isLazy = isRush && isAtEnd && this.#came >= RUSH_MESSAGES;
    if (isLazy === this.#log.hasAttribute("data-rush")) return;
    const mark = this.#scroll.mark();
    this.#log.toggleAttribute("data-rush", isLazy);
    if (isAtEnd) this.#scroll.toEnd();
    else this.#scroll.restore(mark);
  }

  /** @param {Mark | null} mark */
  #settle(mark) {
    if (this.#arrive()) return;
    if (this.#room?.following && this.#room.atEnd) this.#scroll.toEnd();
    else this.#scroll.restore(mark);
  }

  /** Goes where the reader wanted to, once that is loaded; where it turns out not to be there, to the end. */
  #arrive() {
    if (!this.#goal || !this.#room || this.#room.loading.all === "loading") return false;
    const goal = this.#goal;
    const place = typeof goal === "object" ? goal : null;
    const line = this.#view.element(typeof goal === "string" ? goal : `seq ${place?.seq ?? goal}`);
    if (!line && goal !== "end") {
      this.toEnd();
      return this.#goal === null;
    }
    this.#goal = null;
    if (line && place) this.#scroll.restore({ element: line, bottom: place.bottom });
    else if (line) this.#scroll.landOn(line);
    else if (this.#room.atEnd) this.#scroll.toEnd();
    else return false;
    this.#moved();
    return true;
  }

  #moved() {
    if (!this.#room) return;
    const following = this.isAtEnd;
    if (following !== this.#room.following) this.#actions.follow(following);
    if (!following) this.rush(false);
    if (!this.#goal) this.#actions.moved(following ? null : this.#scroll.place);
    this.#loadMore();
    this.#showPill();
  }

  #loadMore() {
    if (!this.#room || this.#goal) return;
    const { atEnd, atStart, loading } = this.#room;
    if (!atStart && loading.older === "idle" && this.#scroll.isNearStart) this.#actions.older();
    if (!atEnd && loading.newer === "idle" && loading.all !== "loading" && this.#scroll.isNearEnd) this.#actions.newer();
  }

  #showPill() {
    if (!this.#room) return;
    const count = unread(this.#room);
    this.#pill.hidden = this.isAtEnd || this.#goal === "end";
    setText(this.#pill, count > 0 ? `${count.toLocaleString("en")} new` : "Jump to latest");
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-action]") : null;
    const message = button?.closest("[data-key]");
    if (!(button instanceof HTMLElement) || !(message instanceof HTMLElement)) return;
    this.#actions.act(message.dataset.key ?? "", button.dataset.action ?? "");
  }
}

/**
 * A quiet line where more messages should have come.
 *
 * @param {HTMLElement} line
 * @param {Loading} loading
 * @param {string} which
 * @param {() => void} again
 */
function showEdge(line, loading, which, again) {
  if (line.dataset.loading === loading) return;
  line.dataset.loading = loading;
  line.hidden = loading !== "failed";
  if (loading !== "failed") return;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "edge__again", textContent: "Try again" });
  button.addEventListener("click", again);
  line.replaceChildren(`Could not load ${which} messages · `, button);
}
