/**
 * What is being written in the composer when it is no new message: a reply, or an edit. The line above it says so.
 *
 * @import {Message} from './types.js'
 * @import {Composer} from './composer.js'
 * @import {Draft} from './drafts.js'
 * @import {Press} from './keyboard.js'
 */

import { byId, setText, within } from "./dom.js";
import { onPress } from "./keyboard.js";
import { firstWords } from "./quotes.js";

const EDITING = "Editing your message";

/**
 * @typedef {{kind: 'reply', seq: number}} Reply
 * @typedef {{kind: 'edit', seq: number, before: string, original: string, saving: {id: string, text: string} | null}} Edit
 *   `before`: what stood in the composer
 *
 * @typedef {object} IntentActions
 * @property {(seq: number, text: string, ended: (refusal: string) => void) => string} save an edit; returns its id
 * @property {(id: string) => void} drop an edit that is on its way
 * @property {(seq: number) => void} empty nothing is left of the text: what is wanted may be to delete the message
 */

export class Intent {
  #composer;
  #actions;
  #draft;
  #line = byId("intent", HTMLElement);
  /** @type {Reply | Edit | null} */
  #now = null;

  /**
   * @param {Composer} composer
   * @param {IntentActions} actions
   * @param {Draft} draft keeps what is replied to across reloads
   * @param {AbortSignal} signal
   */
  constructor(composer, actions, draft, signal) {
    this.#composer = composer;
    this.#draft = draft;
    this.#actions = actions;
    onPress(byId("composer", HTMLElement), (press) => this.#actionOf(press), { signal });
    within(this.#line, ".intent__end").addEventListener("click", () => this.cancel(), { signal });
  }

  /** The seq of the message that is replied to. */
  get replyTo() {
    return this.#now?.kind === "reply" ? this.#now.seq : undefined;
  }

  /** Something was typed that would be lost. */
  get isUnsaved() {
    return this.#now?.kind === "edit" && this.#composer.text !== this.#now.original;
  }

  /**
   * Takes up the reply that was begun before the page was loaded again.
   *
   * @param {Message[]} messages that are there; the one replied to may not be
   */
  resume(messages) {
    const seq = this.#draft.loadReply();
    const message = messages.find((each) => each.seq === seq);
    if (seq) this.#begin({ kind: "reply", seq }, message ? replying(message) : "Replying to an older message");
  }

  /** @param {Message} message */
  reply(message) {
    if (!this.#isFree()) return;
    this.#finish();
    this.#begin({ kind: "reply", seq: message.seq }, replying(message));
    this.#composer.focus();
  }

  /** @param {Message} message */
  edit({ seq, text }) {
    if (!this.#isFree()) return;
    this.#finish();
    this.#begin({ kind: "edit", seq, before: this.#composer.text, original: text, saving: null }, EDITING);
    this.#composer.keepsDraft = false;
    this.#composer.replace(text);
  }

  /**
   * Takes what was submitted if it is an edit; it stays in the composer until it is acknowledged.
   *
   * @param {string} text
   */
  took(text) {
    const edit = this.#now;
    if (edit?.kind !== "edit") return false;
    if (text === edit.original) this.#finish();
    else if (text === "") this.#actions.empty(edit.seq);
    else if (text !== edit.saving?.text) this.#save(edit, text);
    return true;
  }

  /** Gives up what is being written; what stood in the composer before an edit comes back. */
  cancel() {
    if (this.#now?.kind === "edit" && this.#now.saving) this.#actions.drop(this.#now.saving.id);
    this.#finish();
    this.#composer.focus();
  }

  /**
   * A message was deleted here: there is nothing to edit any more.
   *
   * @param {number} seq
   */
  deleted(seq) {
    if (this.#now?.kind === "edit" && this.#now.seq === seq) this.cancel();
  }

  /** The reply was taken. */
  sent() {
    this.#finish();
  }

  /**
   * @param {Edit} edit
   * @param {string} text
   */
  #save(edit, text) {
    if (edit.saving) this.#actions.drop(edit.saving.id);
    const ended = (/** @type {string} */ refusal) => this.#saved(edit, text, refusal);
    edit.saving = { id: this.#actions.save(edit.seq, text, ended), text };
    this.#say("Saving…");
  }

  /**
   * @param {Edit} edit
   * @param {string} text
   * @param {string} refusal
   */
  #saved(edit, text, refusal) {
    if (this.#now !== edit) return;
    edit.saving = null;
    if (refusal) this.#composer.tell(refusal);
    else edit.original = text;
    if (this.#composer.submittable === edit.original) this.#finish();
    else this.#say(EDITING);
  }

  /** Whether something else may be begun: an edit that was begun is not thrown away for it. */
  #isFree() {
    if (this.isUnsaved) this.#composer.tell("Save your edit first, or press Esc to give it up.");
    if (this.isUnsaved) this.#composer.focus();
    return !this.isUnsaved;
  }

  /**
   * @param {Reply | Edit} intent
   * @param {string} sentence
   */
  #begin(intent, sentence) {
    this.#now = intent;
    if (intent.kind === "reply") this.#draft.saveReply(intent.seq);
    this.#line.hidden = false;
    this.#say(sentence);
  }

  #finish() {
    const ended = this.#now;
    this.#now = null;
    if (ended?.kind === "reply") this.#draft.saveReply(0);
    this.#line.hidden = true;
    if (ended?.kind !== "edit") return;
    this.#composer.keepsDraft = true;
    this.#composer.replace(ended.before);
  }

  /** @param {string} sentence */
  #say(sentence) {
    setText(byId("intent-sentence", HTMLElement), sentence);
  }

  /** @param {Press} press */
  #actionOf({ key }) {
    return key === "Escape" && this.#now ? () => this.cancel() : undefined;
  }
}

/** @param {Message} message */
function replying({ author, text }) {
  return `Replying to ${author.name}: ${firstWords(text)}`;
}
