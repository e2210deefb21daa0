/**
 * Notices while a page is open: handed to the service worker of this browser, which shows each once over all tabs, and
 * taken back when they are read, deleted or mention one no longer. And the server gets to have whether somebody has this
 * page before their eyes.
 *
 * @import {Store} from '../state/store.js'
 * @import {Notice} from '../state/types.js'
 * @import {Api} from '../sync/api.js'
 */

import { takeBack } from "../kept/shown.js";
import { byId } from "../lib/dom.js";
import { chime } from "./chime.js";
import { placeOf, subscribe } from "./subscribing.js";

const SAY_MS = 20_000;
const IDLE_MS = 120_000; // without a pointer or a letter: nobody is there
const SETTLE_MS = 300;

export class Showing {
  #store;
  #api;
  /** @type {Notice | undefined} */
  #last;
  #touchedAt = Date.now();
  #wasInUse = false;
  /** Messages whose notice is shown and that mention one, by room and seq. */
  #calls = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  /** Of this browser, where notices are on in it. @type {Promise<ServiceWorkerRegistration | undefined>} */
  #registration;

  /**
   * @param {Store} store
   * @param {Api} api
   * @param {AbortSignal} signal
   */
  constructor(store, api, signal) {
    this.#store = store;
    this.#api = api;
    this.#registration = this.#begin();
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => this.#say(), { signal });
    document.addEventListener("visibilitychange", () => this.#say(), { signal });
    const touched = () => (this.#touchedAt = Date.now());
    for (const type of ["input", "pointermove", "pointerdown", "wheel"]) window.addEventListener(type, touched, { signal, passive: true });
    byId("signout", HTMLFormElement).addEventListener("submit", () => this.#forget(), { signal });
    const saying = setInterval(() => this.#say(), SAY_MS);
    signal.addEventListener("abort", () => clearInterval(saying));
    store.subscribe(() => this.#changed());
    this.#changed();
    this.#say();
  }

  /**
   * What was switched on in this browser is on in each session of the same person. The page shows notices by itself, so
   * it waits for no push service, which may be slow or out of reach.
   */
  async #begin() {
    const place = placeOf(this.#store.state.me.id);
    if (!("serviceWorker" in navigator) || localStorage.getItem(place) !== "on" || Notification.permission !== "granted") return;
    this.#subscribe().catch(() => null); // the next page tries again
    return navigator.serviceWorker.ready;
  }

  async #subscribe() {
    const { key, endpoint } = await this.#api.ask("GET", "/api/notices");
    await subscribe(this.#api.ask, key, endpoint);
  }

  #changed() {
    const { notice } = this.#store.state;
    if (notice && notice !== this.#last) this.#show((this.#last = notice));
    this.#settleSoon();
  }

  #settleSoon() {
    this.#settling ??= setTimeout(() => ((this.#settling = undefined), this.#settle()), SETTLE_MS);
  }

  /** @param {Notice} notice */
  async #show(notice) {
    const worker = (await this.#registration)?.active;
    if (!worker) return;
    const { port1, port2 } = new MessageChannel();
    const isFirst = new Promise((done) => port1.addEventListener("message", ({ data }) => done(data)));
    port1.start();
    worker.postMessage(notice, [port2]);
    if ((await isFirst) && notice.sound) chime();
  }

  /** Takes back those that are over; later, where somebody else works on notices. */
  async #settle() {
    const registration = await this.#registration;
    if (registration && !(await takeBack(registration, (shown) => this.#isOver(shown)))) this.#settleSoon();
  }

  /**
   * Whether its message was read, on whichever device, or deleted, or mentions one no longer: a direct one calls without.
   *
   * @param {Notification} shown
   */
  #isOver({ data: { room: id, seq } }) {
    const room = this.#store.state.rooms[id];
    if (!room) return false;
    const isCall = room.calls.includes(seq);
    if (isCall) this.#calls.add(`${id}/${seq}`);
    const isTakenBack = room.kind !== "direct" && !isCall && this.#calls.has(`${id}/${seq}`);
    return seq <= room.readSeq || room.uncounted.includes(seq) || isTakenBack;
  }

  /** Says that somebody has the page before their eyes, again and again; and once that nobody has. */
  #say() {
    const isInUse = document.hasFocus() && !document.hidden && Date.now() - this.#touchedAt < IDLE_MS;
    if (isInUse || this.#wasInUse) this.#api.ask("POST", "/api/notices/in-use", { is_in_use: isInUse }).catch(() => null); // it ends by itself
    this.#wasInUse = isInUse;
  }

  async #forget() {
    const registration = await this.#registration;
    if (registration) await takeBack(registration, () => true); // or else the worker, on the way out
    await caches.delete("notices");
  }
}
