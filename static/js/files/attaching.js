/**
 * Takes what is pasted, dropped or chosen for the open room, and loads what sends it when that is first needed: also for
 * what a page before this one did not bring to its end.
 *
 * @import {Chosen, State} from '../state/types.js'
 * @import {Sending, SendingNeeds} from './sending.js'
 */

import { byId } from "../lib/dom.js";
import { Later } from "../lib/later.js";
import { filesDropped, filesPasted, hasFiles } from "./given.js";

export class Attaching {
  /** @type {Later<typeof import('./sending.js')>} */
  #later;
  #needs;
  #signal;
  #room = byId("room", HTMLElement);
  #form = byId("composer", HTMLFormElement);
  #menu = byId("attaching", HTMLElement);
  #isLoading = false;
  /** @type {Sending | null} */
  #sending = null;
  /** What came before that was here, each with the room for which it was given.
   * @type {{room: number, file: File}[]} */
  #given = [];
  #isSubmitted = false;

  /**
   * @param {SendingNeeds} needs
   * @param {AbortSignal} signal
   */
  constructor(needs, signal) {
    this.#needs = needs;
    this.#signal = signal;
    this.#later = new Later("files", needs.say, { hasSheet: true, renew: () => {} }); // a text may be half written
    this.#listen(signal);
    if (this.#hasTray) this.#load();
  }

  /** A page before this one, or another tab, left files for the next message here. */
  get #hasTray() {
    const { shelf, state } = this.#needs;
    return shelf.entries().some((entry) => entry.room === state().open);
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    document.addEventListener("paste", (event) => this.#pasted(event), { signal });
    for (const type of ["dragenter", "dragover"]) {
      document.addEventListener(type, (event) => this.#dragged(/** @type {DragEvent} */ (event)), { signal });
    }
    document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || this.#showPlace(false), { signal });
    document.addEventListener("drop", (event) => this.#dropped(event), { signal });
    const button = byId("attach", HTMLElement);
    button.addEventListener("click", () => this.#choose(), { signal });
    button.addEventListener("pointerenter", () => this.#later.prepare(), { signal, once: true });
    this.#menu.addEventListener("change", ({ target }) => this.#chosen(target), { signal });
  }

  /** It would end with the page. */
  get isAtRisk() {
    return this.#given.length > 0 || Boolean(this.#sending?.isAtRisk);
  }

  /**
   * The files of the next message; null: it cannot go yet, which is said, or goes in a moment.
   *
   * @returns {Chosen[] | null}
   */
  get ready() {
    if (this.#sending) return this.#sending.ready;
    const { open } = this.#needs.state();
    this.#isSubmitted = this.#isLoading && this.#given.some(({ room }) => room === open);
    return this.#isSubmitted ? null : [];
  }

  /** Another room is open. What was submitted in the one before waits there for its files. */
  enter() {
    this.#isSubmitted = false;
    if (this.#sending) this.#sending.enter();
    else if (this.#hasTray) this.#load();
  }

  /** They went with a message. */
  sent() {
    this.#sending?.sent();
  }

  /** @param {string} id of a message */
  acknowledged(id) {
    this.#sending?.acknowledged(id);
  }

  /** The network is there again. */
  wake() {
    this.#sending?.wake();
  }

  /** @param {StorageEvent} event */
  storageChanged(event) {
    if (this.#sending) this.#sending.storageChanged(event);
    else if (this.#hasTray) this.#load();
  }

  /** @param {State} state */
  render(state) {
    if (this.#sending) this.#sending.render(state);
    else if (state.pending.some((entry) => entry.files)) this.#load();
  }

  async #load() {
    this.#isLoading = true;
    const { Sending } = await this.#later.load();
    if (this.#sending) return;
    this.#sending = new Sending(this.#needs, this.#signal);
    for (const room of new Set(this.#given.map((each) => each.room))) {
      this.#sending.add(this.#given.filter((each) => each.room === room).map(({ file }) => file), room);
    }
    this.#given = [];
    this.#sending.render(this.#needs.state());
    if (this.#isSubmitted) this.#form.requestSubmit();
  }

  /** @param {File[]} files */
  #take(files) {
    if (files.length === 0) return;
    this.#needs.focus();
    const { open: room } = this.#needs.state();
    if (this.#sending) return this.#sending.add(files, room);
    this.#given.push(...files.map((file) => ({ room, file })));
    this.#load();
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const files = this.#isOpen(event.target) ? filesPasted(event.clipboardData) : [];
    if (files.length === 0) return;
    event.preventDefault();
    this.#take(files);
  }

  /** @param {DragEvent} event */
  #dragged(event) {
    const { dataTransfer } = event;
    if (!dataTransfer || !hasFiles(dataTransfer)) return;
    event.preventDefault(); // else the browser leaves the page for the file
    const isOpen = this.#isOpen(null);
    dataTransfer.dropEffect = isOpen ? "copy" : "none";
    this.#showPlace(isOpen);
    this.#load();
  }

  /** @param {DragEvent} event */
  #dropped(event) {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.#showPlace(false);
    const { files, folders } = filesDropped(event.dataTransfer);
    if (this.#isOpen(null)) this.#take(files);
    if (folders > 0) this.#needs.say("A folder cannot be sent: drop the files that are in it.");
  }

  /** On a touch screen the camera and the gallery have a way of their own. */
  #choose() {
    const isTouch = matchMedia("(pointer: coarse)").matches;
    const loaded = this.#load();
    if (isTouch) loaded.then(() => this.#menu.togglePopover());
    else byId("files", HTMLInputElement).click();
  }

  /** @param {EventTarget | null} input */
  #chosen(input) {
    if (!(input instanceof HTMLInputElement)) return;
    this.#menu.hidePopover();
    this.#take([...(input.files ?? [])]);
    input.value = ""; // the same file again is a change, too
  }

  /**
   * Whether files go to the composer now: one can write there, and nothing lies over it or is written elsewhere.
   *
   * @param {EventTarget | null} target
   */
  #isOpen(target) {
    const isElsewhere = target instanceof HTMLElement && target.id !== "text" && target.matches("input, textarea");
    return !this.#form.hidden && !isElsewhere && !document.querySelector("dialog:modal");
  }

  /** @param {boolean} isDragged */
  #showPlace(isDragged) {
    this.#room.toggleAttribute("data-dropping", isDragged);
  }
}
