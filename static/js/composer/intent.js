/**
 * What is being written in the composer: a message, a reply, or an edit. The line above it says so. What is typed is kept
 * as a draft, an edit as one of its own, so that neither ends with the page.
 *
 * @import {Message} from '../state/types.js'
 * @import {Composer} from './composer.js'
 * @import {Draft, Value} from './drafts.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { byId, sentence, setSentence, within } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { inWords } from "../lib/quotes.js";

const EDITING = "Editing your message";

/**
 * @typedef {{kind: 'reply', seq: number}} Reply
 * @typedef {{kind: 'edit', seq: number, original: string, saving: {id: string, text: string} | null}} Edit
 *
 * @typedef {object} IntentActions
 * @property {(seq: number) => Message | undefined} find a message that is there
 * @property {(seq: number, text: string, ended: (refusal: string) => void) => string} save an edit; returns its id
 * @property {(id: string) => void} drop an edit that is on its way
 * @property {(seq: number) => void} empty nothing is left of the text: what is wanted may be to delete the message
 */

export class Intent {
  #composer;
  #actions;
  #draft;
  #edits;
  #line = byId("intent", HTMLElement);
  /** @type {Reply | Edit | null} */
  #now = null;

  /**
   * @param {Composer} composer
   * @param {IntentActions} actions
   * @param {{draft: Draft, edits: Draft}} kept
   * @param {AbortSignal} signal
   */
  constructor(composer, actions, { draft, edits }, signal) {
    this.#composer = composer;
    this.#draft = draft;
    this.#edits = edits;
    this.#actions = actions;
    onPress(byId("composer", HTMLElement), (press) => this.#actionOf(press), { signal });
    within(this.#line, ".intent__end").addEventListener("click", () => this.cancel(), { signal });
  }

  /** The seq of the message that is replied to. */
  get replyTo() {
    return this.#now?.kind === "reply" ? this.#now.seq : undefined;
  }

  /** Something was typed that would end with the page. */
  get isAtRisk() {
    return !this.#draft.isKept || !this.#edits.isKept;
  }

  /** Takes up what was being written when a page was left. */
  resume() {
    this.#show(this.#draft.take());
    const { seq, original, text } = this.#edits.take();
    if (seq === undefined || original === undefined) return;
    this.#beginEdit(seq, original);
    this.#composer.show(text);
  }

  /**
   * Another tab wrote or sent something.
   *
   * @param {StorageEvent} event
   */
  storageChanged(event) {
    const draft = this.#draft.storageChanged(event);
    if (this.#now?.kind !== "edit") return draft && this.#show(draft);
    const edit = this.#edits.storageChanged(event);
    if (edit?.seq === this.#now.seq) this.#composer.show(edit.text);
    else if (edit) this.#finish();
  }

  /**
   * Keeps what was typed.
   *
   * @param {string} text
   */
  typed(text) {
    if (this.#now?.kind !== "edit") this.#draft.change({ text });
    else this.#edits.change({ seq: this.#now.seq, original: this.#now.original, text });
  }

  /** @param {Message} message */
  reply({ seq }) {
    if (!this.#isFree()) return;
    this.#finish();
    this.#draft.change({ replyTo: seq });
    this.#show(this.#draft.value);
    this.#composer.focus();
  }

  /** @param {Message} message */
  edit({ seq, text }) {
    if (!this.#isFree()) return;
    this.#finish();
    this.#beginEdit(seq, text);
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
    if (this.#now?.kind === "reply") this.#draft.change({ replyTo: undefined });
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

  /** The message was taken. */
  sent() {
    this.#draft.sent();
    this.#show(this.#draft.value);
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
    if (refusal) this.#composer.say(refusal);
    else edit.original = text;
    this.typed(this.#composer.text); // an edit of what is saved now
    if (this.#composer.submittable !== edit.original) return this.#say(EDITING);
    this.#edits.sent();
    this.#finish();
  }

  /** Whether something else may be begun: an edit that was begun is not thrown away for it. */
  #isFree() {
    const isUnsaved = this.#now?.kind === "edit" && this.#composer.text !== this.#now.original;
    if (isUnsaved) this.#composer.say("Save your edit first, or press Esc to give it up.");
    if (isUnsaved) this.#composer.focus();
    return !isUnsaved;
  }

  /**
   * @param {number} seq
   * @param {string} original
   */
  #beginEdit(seq, original) {
    this.#now = { kind: "edit", seq, original, saving: null };
    this.#composer.isMessage = false;
    this.#say(EDITING);
  }

  /** Back to the draft, and to what it is for. */
  #finish() {
    this.#edits.drop();
    this.#show(this.#draft.value);
  }

  /** @param {Value} draft */
  #show({ text, replyTo }) {
    const message = replyTo && this.#actions.find(replyTo);
    this.#now = replyTo ? { kind: "reply", seq: replyTo } : null;
    this.#composer.isMessage = true;
    this.#composer.show(text);
    this.#say(replyTo ? (message ? replying(message) : "Replying to an older message") : "");
  }

  /** @param {string | (string | Element)[]} sentence */
  #say(sentence) {
    this.#line.hidden = !sentence;
    setSentence(byId("intent-sentence", HTMLElement), [sentence].flat());
  }

  /** @param {Press} press */
  #actionOf({ key }) {
    return key === "Escape" && this.#now ? () => this.cancel() : undefined;
  }
}

/** @param {Message} message */
function replying(message) {
  return sentence`Replying to ${message.author.name}: ${inWords(message)}`;
}
