/**
 * Sends the files of messages that are being written, or wait in the outbox: keeps their bytes, brings them to the server
 * and says what becomes of them, until a message has them or nobody wants them any more. Comes when it is first needed.
 *
 * @import {Chosen, Clock, Pending, State} from '../state/types.js'
 * @import {Shelf} from '../sync/unsent-storage.js'
 * @import {InTray} from './tray.js'
 */

import { byId } from "../lib/dom.js";
import { sizeLabel } from "../state/file-labels.js";
import { uuid } from "../sync/protocol.js";
import { Description } from "./description.js";
import { Kept } from "./kept.js";
import { isShowable, sizeOf } from "./measured.js";
import { alone, request } from "./transport.js";
import { MOST_FILES, Tray } from "./tray.js";
import { TrayView } from "./tray-view.js";
import { Tus } from "./tus.js";
import { Uploads } from "./uploads.js";

/** So long an undo has its files; then the server need not keep them. */
const REGRET_MS = 600_000;

/** What is kept for so long, and nothing names it, was left behind by a page that ended. */
const LEFT_MS = 600_000;

/**
 * @typedef {object} SendingNeeds
 * @property {() => State} state
 * @property {Pick<import('../sync/outbox.js').Outbox, 'fileChanged' | 'fileRefused'>} outbox
 * @property {Shelf<InTray>} shelf
 * @property {Clock} clock
 * @property {string} csrfToken
 * @property {(sentence: string, offer?: {label: string, act: () => void}) => void} say
 * @property {() => void} focus
 */

export class Sending {
  #needs;
  #kept;
  #tus;
  #uploads;
  /** By the id of the room.
   * @type {Map<number, Tray>} */
  #trays = new Map();
  #view;
  #description;
  #mostBytes = Number(byId("files", HTMLElement).dataset.maxBytes);
  /** What the server did not take, and why.
   * @type {Map<string, string>} */
  #refused = new Map();
  /** What is in memory alone.
   * @type {Set<string>} */
  #unkept = new Set();
  /** @type {Set<string>} */
  #acknowledged = new Set();
  /** @type {Pending[]} */
  #pending = [];

  /**
   * @param {SendingNeeds} needs
   * @param {AbortSignal} signal
   */
  constructor(needs, signal) {
    const { clock, csrfToken, state } = needs;
    this.#needs = needs;
    this.#kept = new Kept(state().me.id);
    this.#tus = new Tus(request, csrfToken);
    this.#uploads = new Uploads({
      ...{ tus: this.#tus, clock, random: Math.random, alone, bytesOf: (id) => this.#kept.get(id) },
      onChange: (id, values) => this.#change(id, values),
      onRefused: (id, reason) => this.#refuse(id, reason),
    });
    this.#description = new Description((file, alt) => this.#describe(file, alt), signal);
    this.#view = new TrayView(
      { remove: (file) => this.#remove(file), describe: (file) => this.#description.ask(file), retry: (file) => this.#retry(file) },
      signal,
    );
    this.#sweep();
    this.enter();
    signal.addEventListener("abort", () => this.#uploads.stopAll());
  }

  /** A room is open: its tray is shown. */
  enter() {
    for (const file of this.#tray.files) if (!file.whole && !this.#refused.has(file.id)) this.#begin(file);
    this.#show();
  }

  /** Of the open room. */
  get #tray() {
    return this.#trayOf(this.#needs.state().open);
  }

  /** @param {number} room */
  #trayOf(room) {
    const tray = this.#trays.get(room) ?? new Tray(this.#needs.shelf, room, () => this.#show());
    this.#trays.set(room, tray);
    return tray;
  }

  get #inTrays() {
    return [...this.#trays.values()].flatMap((tray) => tray.files);
  }

  /** It would end with the page. */
  get isAtRisk() {
    return [...this.#trays.values()].some((tray) => tray.isAtRisk) || [...this.#unkept].some((id) => this.#find(id)?.whole === false);
  }

  /** The files of the next message; null: one of them was refused, which is said. */
  get ready() {
    const { files } = this.#tray;
    const refused = files.find((file) => this.#refused.has(file.id));
    if (refused) this.#sayRefused(refused);
    return refused ? null : files;
  }

  /** They went with a message. */
  sent() {
    this.#tray.clear();
  }

  /**
   * The message with this id stands: its files are the room's.
   *
   * @param {string} id
   */
  acknowledged(id) {
    this.#acknowledged.add(id);
  }

  /** The network is there again. */
  wake() {
    this.#uploads.wake();
  }

  /** @param {StorageEvent} event */
  storageChanged(event) {
    for (const tray of this.#trays.values()) tray.storageChanged(event);
    this.enter();
  }

  /** @param {State} state */
  render({ pending }) {
    if (pending === this.#pending) return;
    const before = this.#pending;
    this.#pending = pending;
    for (const { files = [], state } of pending) {
      for (const file of files) if (state !== "failed" && !file.whole) this.#begin(file);
    }
    const ids = new Set(pending.map((entry) => entry.id));
    for (const entry of before) if (!ids.has(entry.id)) this.#left(entry);
  }

  /**
   * Takes files into the tray of a room, and begins to send them.
   *
   * @param {File[]} given
   * @param {number} room
   */
  add(given, room) {
    const tray = this.#trayOf(room);
    const small = given.filter((file) => file.size <= this.#mostBytes);
    const taken = small.slice(0, tray.space);
    for (const file of taken) this.#take(file, tray);
    if (taken.length > 0) this.#view.announce(taken);
    const large = given.find((file) => file.size > this.#mostBytes);
    if (large) this.#needs.say(`“${large.name}” is too large: ${sizeLabel(this.#mostBytes)} is the most. It was not added.`);
    else if (taken.length < small.length) this.#needs.say(`A message takes ${MOST_FILES} files: ${small.length - taken.length} not added.`);
  }

  /**
   * @param {File} given
   * @param {Tray} tray
   */
  async #take(given, tray) {
    const { name, size, type } = given;
    const kind = isShowable(type) ? "picture" : "file";
    const file = /** @type {Chosen} */ ({ id: uuid(), name, size, type, kind, alt: "", sent: 0, whole: false });
    const isKept = this.#kept.put(file.id, given);
    this.#unkept.add(file.id);
    tray.add(file, this.#needs.clock.now());
    this.#begin(file);
    if (await isKept) this.#unkept.delete(file.id);
  }

  /** @param {Chosen} file */
  #begin(file) {
    this.#refused.delete(file.id);
    if (file.kind === "picture" && !file.local) this.#look(file);
    this.#uploads.begin(file);
  }

  /**
   * Shows a picture from this browser, as large as it is.
   *
   * @param {Chosen} file
   */
  async #look({ id }) {
    const bytes = await this.#kept.get(id);
    if (!bytes || this.#find(id)?.local) return;
    const local = URL.createObjectURL(bytes);
    this.#change(id, { local });
    this.#change(id, (await sizeOf(local)) ?? { kind: "file" });
  }

  /** @param {string} id */
  #find(id) {
    return [...this.#inTrays, ...this.#needs.state().pending.flatMap(({ files = [] }) => files)].find((file) => file.id === id);
  }

  /**
   * @param {string} id
   * @param {Partial<Chosen>} values
   */
  #change(id, values) {
    for (const tray of this.#trays.values()) tray.change(id, values);
    this.#needs.outbox.fileChanged(id, values);
  }

  /**
   * @param {string} id
   * @param {string} reason
   */
  #refuse(id, reason) {
    const file = this.#find(id);
    this.#refused.set(id, reason);
    this.#needs.outbox.fileRefused(id, file ? sentenceOf(file, reason) : reason);
    const inTray = this.#tray.files.find((each) => each.id === id);
    if (inTray) this.#sayRefused(inTray);
    this.#show();
  }

  /** @param {Chosen} file */
  #sayRefused(file) {
    const retry = { label: "Try again", act: () => this.#retry(file) };
    this.#needs.say(sentenceOf(file, this.#refused.get(file.id) ?? ""), retry);
  }

  /** @param {Chosen} file */
  #retry(file) {
    this.#begin(file);
    this.#show();
  }

  /** @param {Chosen} file */
  #remove(file) {
    const tray = this.#tray;
    tray.remove(file.id);
    this.#forget(file);
    this.#needs.focus();
    const undo = () => (tray.add(file, this.#needs.clock.now()), this.#begin(file));
    this.#needs.say(`Removed ${file.name}`, { label: "Undo", act: undo });
  }

  /**
   * @param {Chosen} file
   * @param {string} alt
   */
  #describe({ id }, alt) {
    this.#change(id, { alt, whole: false });
    const file = this.#find(id);
    this.#uploads.stop(id);
    if (file) this.#begin(file); // the server learns the words with the next beginning
    this.#needs.focus();
  }

  /** @param {Pending} entry that is gone from the outbox */
  #left({ files = [], id }) {
    const isPosted = this.#acknowledged.delete(id);
    for (const file of files) {
      if (isPosted) this.#drop(file);
      else this.#forget(file);
    }
  }

  /**
   * A file is taken back, for good unless that is undone soon.
   *
   * @param {Chosen} file
   */
  #forget(file) {
    this.#uploads.stop(file.id);
    this.#needs.clock.setTimeout(() => {
      if (this.#find(file.id)) return;
      this.#drop(file);
      this.#tus.end(file.id);
    }, REGRET_MS);
  }

  /** @param {Chosen} file */
  #drop({ id, local }) {
    this.#kept.remove(id);
    this.#unkept.delete(id);
    this.#refused.delete(id);
    if (local) this.#needs.clock.setTimeout(() => URL.revokeObjectURL(local), REGRET_MS); // it may be seen until then
  }

  /** Drops the bytes that nothing names any more. */
  async #sweep() {
    const { clock, shelf, state } = this.#needs;
    const ids = await this.#kept.before(clock.now() - LEFT_MS);
    const inTrays = new Set(shelf.entries().map((entry) => entry.id));
    const inOutbox = new Set(state().pending.flatMap(({ files = [] }) => files.map((file) => file.id)));
    for (const id of ids) if (!inTrays.has(id) && !inOutbox.has(id)) this.#kept.remove(id);
  }

  #show() {
    this.#view.render(this.#tray.files, this.#refused);
  }
}

/**
 * @param {Chosen} file
 * @param {string} reason
 */
function sentenceOf({ name }, reason) {
  return `“${name}”: ${reason}`;
}
