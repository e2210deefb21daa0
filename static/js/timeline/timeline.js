/**
 * The timeline: what is in it, where the reader is in it, and what both mean for one another.
 *
 * @import {Loading, Room, State} from '../state/types.js'
 * @import {Item} from './grouping.js'
 * @import {Place} from './places.js'
 * @import {Mark} from './scroll.js'
 */

import { byId, setText } from "../lib/dom.js";
import { timeline } from "./grouping.js";
import { LogView } from "./log-view.js";
import { mark } from "./parts/quote.js";
import { isLoaded, unread } from "../state/room.js";
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

const later = () => {};

/** So many lines are looked at first, to see how many fit; and so many more come with each frame. */
const FIRST_LINES = 10;

/** So many messages for one drawing are a rush; the first drawing on a slow machine is none. */
const RUSH_MESSAGES = 5;

export class Timeline {
  /** @type {TimelineActions} */
  #actions = { older: later, newer: later, newest: later, around: later, follow: later, moved: later, act: later };
  #log = byId("log", HTMLElement);
  #scroller = byId("timeline", HTMLElement);
  #pill = byId("pill", HTMLButtonElement);
  #view = new LogView(this.#log);
  #scroll = new Scroll(this.#scroller, this.#log);
  /** @type {Room | null} */
  #room = null;
  #isFilling = false;
  /** The room that is drawn, and whether its messages are there. */
  #scene = "";
  /** How many messages came for the latest drawing. */
  #came = 0;
  /** The lines of the room. @type {Item[]} */
  #items = [];
  /** As many of them, from the end, are made and laid out: what is in view comes before all others. */
  #most = Infinity;
  /** Where to go once it is loaded: the "New" line, the end, a message by its seq, or to a place where one was.
   * @type {'new' | 'end' | number | Place | null} */
  #goal = null;

  constructor() {
    this.#view.adopt();
  }

  /**
   * From now on it answers its reader, who comes in once more.
   *
   * @param {TimelineActions} actions
   * @param {AbortSignal} signal
   */
  begin(actions, signal) {
    this.#actions = actions;
    this.#scene = "";
    this.#scroller.addEventListener("scroll", () => this.#moved(), { signal, passive: true });
    this.#pill.addEventListener("click", () => this.toEnd(), { signal });
    this.#log.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  /** Everything up to the newest message is in view. */
  get isAtEnd() {
    return !this.#goal && Boolean(this.#room?.atEnd) && this.#scroll.isAtEnd;
  }

  /** The reader sees nothing yet of what is in the room. */
  get isEmpty() {
    return this.#room !== null && !isLoaded(this.#room);
  }

  /**
   * The reader comes in: back to where they were, to a message that they asked for, or to the first unread one, else to
   * the end.
   *
   * @param {Room} room
   * @param {number} marked its seq; 0: none
   * @param {Place | null} place
   */
  enter(room, marked, place) {
    const { atEnd, messages, newAt, readSeq } = room;
    this.#log.setAttribute("aria-live", "off"); // what stands in a room is no news
    this.#view.turnTo(room.id);
    this.#room = null;
    this.#goal = place ?? (marked || (newAt > readSeq ? "new" : "end"));
    this.#most = this.#goal === "end" ? FIRST_LINES : Infinity;
    const [first, last] = [messages.at(0), messages.at(-1)];
    const seq = this.#seqOf(room);
    const isOutside = seq ? seq < (first?.seq ?? 0) || (seq > (last?.seq ?? 0) && !atEnd) : !atEnd && this.#scene !== "";
    if (first && isOutside) this.#load(room); // the page arrives with what its server has chosen for the end
  }

  /** The reader goes to another room. */
  leave() {
    if (!this.#goal) this.#note();
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
    this.#setScene(`${room.id} ${isLoaded(room)}`);
    const mark = this.#goal === "end" ? null : this.#scroll.mark();
    const isHistory = !this.#room || Object.values(this.#room.loading).includes("loading");
    this.#log.setAttribute("aria-live", isHistory ? "off" : "polite");
    this.#items = timeline(state, room, now);
    this.#view.render(this.#items, this.#most);
    this.#came = this.#room ? room.lastSeq - this.#room.lastSeq : 0;
    this.#room = room;
    this.#showEdges(room);
    byId("welcome", HTMLElement).hidden = !room.atStart;
    if (!isLoaded(room) && room.loading.all === "idle") this.#load(room);
    this.#fill();
    this.#settle(mark);
    this.#loadMore();
    this.#showPill();
  }

  /** At the end as many lines as fit come first; the others above them, some at a time, once these are painted. */
  #fill() {
    while (this.#isGlance && this.#scroll.share < 1) {
      this.#most = Math.ceil(this.#most / this.#scroll.share) + 1;
      this.#view.render(this.#items, this.#most);
    }
    if (!this.#isGlance || this.#isFilling) return;
    this.#isFilling = true;
    oncePainted(() => this.#fillMore());
  }

  #fillMore() {
    this.#isFilling = false;
    this.#most += FIRST_LINES;
    this.#view.render(this.#items, this.#most);
    this.#fill();
    this.#loadMore();
  }

  /** Lines above those in view are still to come. */
  get #isGlance() {
    return this.#most < this.#items.length;
  }

  /**
   * What stands in a room comes at once, in place of another room or of nothing: to the browser it is new, and nothing of
   * before has moved.
   *
   * @param {string} scene
   */
  #setScene(scene) {
    if (this.#scene && scene !== this.#scene) this.#scroller.append(...this.#scroller.children);
    this.#scene = scene;
  }

  /** @param {Room} room */
  #showEdges(room) {
    const { all, newer, older } = room.loading;
    const edge = byId("edge-older", HTMLElement);
    if (isLoaded(room)) showEdge(edge, older, "older messages", this.#actions.older);
    else showEdge(edge, all === "idle" ? "loading" : all, "messages", () => this.#load(room)); // it is asked for
    showEdge(byId("edge-newer", HTMLElement), newer, "newer messages", this.#actions.newer);
  }

  /** The messages where the reader wants to go. @param {Room} room */
  #load(room) {
    const seq = this.#seqOf(room);
    if (seq) this.#actions.around(seq);
    else this.#actions.newest();
  }

  /** The seq of what the reader wants to see; 0: the end. @param {Room} room */
  #seqOf({ newAt }) {
    if (typeof this.#goal === "object") return this.#goal?.seq ?? 0;
    return typeof this.#goal === "number" ? this.#goal : this.#goal === "new" ? newAt : 0;
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
    if (!this.#goal || !this.#room || this.#room.loading.all === "loading" || !isLoaded(this.#room)) return false;
    const goal = this.#goal;
    const place = typeof goal === "object" ? goal : null;
    const line = this.#lineOf(goal);
    if (!line && (goal !== "end" || (!this.#room.atEnd && this.#room.loading.all === "idle"))) {
      this.toEnd();
      return this.#goal === null;
    }
    this.#goal = null;
    if (line && typeof goal === "number") mark(line, this.#log);
    if (line && place) this.#scroll.restore({ element: line, bottom: place.bottom });
    else if (line) this.#scroll.landOn(line);
    else if (this.#room.atEnd) this.#scroll.toEnd();
    else return false;
    this.#moved();
    return true;
  }

  /** @param {NonNullable<Timeline['#goal']>} goal */
  #lineOf(goal) {
    if (typeof goal === "string") return this.#view.element(goal);
    const seq = typeof goal === "object" ? goal.seq : goal;
    return /** @type {HTMLElement | null} */ (this.#log.querySelector(`:scope > [data-seq="${seq}"]`));
  }

  #moved() {
    if (!this.#room) return;
    this.#note();
    if (!this.isAtEnd) this.rush(false);
    if (!this.isAtEnd && this.#isGlance) this.#view.render(this.#items, (this.#most = Infinity));
    this.#loadMore();
    this.#showPill();
  }

  /** Where the reader is now. */
  #note() {
    if (!this.#room) return;
    const following = this.isAtEnd;
    if (following !== this.#room.following) this.#actions.follow(following);
    if (!this.#goal) this.#actions.moved(following ? null : this.#scroll.place);
  }

  #loadMore() {
    if (!this.#room || this.#goal || this.#isGlance) return;
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
 * Once a frame has been painted; where nobody looks none is.
 *
 * @param {() => void} then
 */
function oncePainted(then) {
  if (document.hidden) setTimeout(then);
  else requestAnimationFrame(() => setTimeout(then));
}

/**
 * A quiet line where messages should have come, or will where there are none yet.
 *
 * @param {HTMLElement} line
 * @param {Loading} loading
 * @param {string} which
 * @param {() => void} again
 */
function showEdge(line, loading, which, again) {
  const shown = `${loading} ${which}`;
  if (line.dataset.shown === shown) return;
  line.dataset.shown = shown;
  line.hidden = loading !== "failed" && shown !== "loading messages";
  if (line.hidden) return;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "edge__again", textContent: "Try again" });
  button.addEventListener("click", again);
  line.replaceChildren(...(loading === "failed" ? [`Could not load ${which} · `, button] : ["Loading …"]));
}
