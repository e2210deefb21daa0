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
import { GONE, inWords } from "../lib/quotes.js";
import { cleaned } from "../lib/text.js";

const EDITING = "Editing your message";

/**
 * @typedef {{kind: 'reply', seq: number}} Reply
 * @typedef {{kind: 'edit', seq: number, original: string, saving: {id: string, text: string} | null}} Edit
 *
 * @typedef {object} Place what is being written in one room
 * @property {Draft} draft
 * @property {Draft} edits
 * @property {Reply | Edit | null} now
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
  #line = byId("intent", HTMLElement);
  /** Of the open room. */
  #here;

  /**
   * @param {Composer} composer
   * @param {IntentActions} actions
   * @param {Place} here
   * @param {AbortSignal} signal
   */
  constructor(composer, actions, here, signal) {
    this.#composer = composer;
    this.#here = here;
    this.#actions = actions;
    onPress(byId("composer", HTMLElement), (press) => this.#actionOf(press), { signal });
    within(this.#line, ".intent__end").addEventListener("click", () => this.cancel(), { signal });
  }

  /** The seq of the message that is replied to. */
  get replyTo() {
    return this.#here.now?.kind === "reply" ? this.#here.now.seq : undefined;
  }

  /** Takes up what was being written when a page was left. */
  resume() {
    this.#show(this.#here.draft.take());
    const { seq, original, text } = this.#here.edits.take();
    if (seq === undefined || original === undefined) return;
    this.#beginEdit(seq, original);
    this.#composer.show(text);
  }

  /**
   * Another room is open: what is being written there takes the place of what was being written here, which stays.
   *
   * @param {Place} here
   */
  enter(here) {
    const { edits, now } = (this.#here = here);
    if (now?.kind !== "edit" || !now.saving) return this.resume();
    this.#composer.isMessage = false;
    this.#composer.show(edits.value.text);
    this.#say("Saving…");
  }

  /** The message that is replied to or edited may have come, or changed. */
  render() {
    const { now } = this.#here;
    if (now?.kind === "reply") this.#sayReply(now.seq);
    if (now?.kind === "edit" && !now.saving) this.#say(this.#actions.find(now.seq)?.deleted ? GONE : EDITING);
  }

  /**
   * Another tab wrote or sent something.
   *
   * @param {StorageEvent} event
   */
  storageChanged(event) {
    const draft = this.#here.draft.storageChanged(event);
    if (this.#here.now?.kind !== "edit") return draft && this.#show(draft);
    const edit = this.#here.edits.storageChanged(event);
    if (edit?.seq === this.#here.now.seq) this.#composer.show(edit.text);
    else if (edit) this.#finish();
  }

  /**
   * Keeps what was typed.
   *
   * @param {string} text
   */
  typed(text) {
    if (this.#here.now?.kind !== "edit") this.#here.draft.change({ text });
    else this.#here.edits.change({ seq: this.#here.now.seq, original: this.#here.now.original, text });
  }

  /** @param {Message} message */
  reply({ seq }) {
    if (!this.#isFree()) return;
    this.#finish();
    this.#here.draft.change({ replyTo: seq });
    this.#show(this.#here.draft.value);
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
    const edit = this.#here.now;
    if (edit?.kind !== "edit") return false;
    if (text === edit.original) this.#finish();
    else if (text === "" && !this.#actions.find(edit.seq)?.files) this.#actions.empty(edit.seq);
    else if (text !== edit.saving?.text) this.#save(edit, text);
    return true;
  }

  /** Gives up what is being written; what stood in the composer before an edit comes back. */
  cancel() {
    if (this.#here.now?.kind === "edit" && this.#here.now.saving) this.#actions.drop(this.#here.now.saving.id);
    if (this.#here.now?.kind === "reply") this.#here.draft.change({ replyTo: undefined });
    this.#finish();
    this.#composer.focus();
  }

  /**
   * A message was deleted here: there is nothing to edit any more.
   *
   * @param {number} seq
   */
  deleted(seq) {
    if (this.#here.now?.kind === "edit" && this.#here.now.seq === seq) this.cancel();
  }

  /** The message was taken. */
  sent() {
    this.#here.draft.sent();
    this.#show(this.#here.draft.value);
  }

  /**
   * @param {Edit} edit
   * @param {string} text
   */
  #save(edit, text) {
    if (edit.saving) this.#actions.drop(edit.saving.id);
    const here = this.#here;
    const ended = (/** @type {string} */ refusal) => (here === this.#here ? this.#saved(edit, text, refusal) : this.#savedElsewhere(here, text, refusal));
    edit.saving = { id: this.#actions.save(edit.seq, text, ended), text };
    this.#say("Saving…");
  }

  /**
   * @param {Edit} edit
   * @param {string} text
   * @param {string} refusal
   */
  #saved(edit, text, refusal) {
    if (this.#here.now !== edit) return;
    edit.saving = null;
    if (refusal) this.#composer.say(refusal);
    else edit.original = text;
    this.typed(this.#composer.text); // an edit of what is saved now
    if (this.#composer.submittable !== edit.original) return this.#say(EDITING);
    this.#here.edits.sent();
    this.#finish();
  }

  /**
   * The same, where another room is open by now: an edit that was refused, or goes on, is there when one comes back.
   *
   * @param {Place} place
   * @param {string} text
   * @param {string} refusal
   */
  #savedElsewhere(place, text, refusal) {
    place.now = null;
    if (refusal) this.#composer.say(refusal);
    else if (cleaned(place.edits.value.text) === text) place.edits.drop();
  }

  /** Whether something else may be begun: an edit that was begun is not thrown away for it. */
  #isFree() {
    const isUnsaved = this.#here.now?.kind === "edit" && this.#composer.text !== this.#here.now.original;
    if (isUnsaved) this.#composer.say("Save your edit first, or press Esc to give it up.");
    if (isUnsaved) this.#composer.focus();
    return !isUnsaved;
  }

  /**
   * @param {number} seq
   * @param {string} original
   */
  #beginEdit(seq, original) {
    this.#here.now = { kind: "edit", seq, original, saving: null };
    this.#composer.isMessage = false;
    this.#say(EDITING);
  }

  /** Back to the draft, and to what it is for. */
  #finish() {
    this.#here.edits.drop();
    this.#show(this.#here.draft.value);
  }

  /** @param {Value} draft */
  #show({ text, replyTo }) {
    this.#here.now = replyTo ? { kind: "reply", seq: replyTo } : null;
    this.#composer.isMessage = true;
    this.#composer.show(text);
    if (replyTo) this.#sayReply(replyTo);
    else this.#say("");
  }

  /** @param {number} seq */
  #sayReply(seq) {
    const message = this.#actions.find(seq);
    this.#say(message ? replying(message) : "Replying to an older message");
  }

  /** @param {string | (string | Element)[]} sentence */
  #say(sentence) {
    this.#line.hidden = !sentence;
    setSentence(byId("intent-sentence", HTMLElement), [sentence].flat());
  }

  /** @param {Press} press */
  #actionOf({ key }) {
    return key === "Escape" && this.#here.now ? () => this.cancel() : undefined;
  }
}

/** @param {Message} message */
function replying(message) {
  return sentence`Replying to ${message.author.name}: ${inWords(message)}`;
}
