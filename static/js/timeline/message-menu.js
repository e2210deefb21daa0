/**
 * What can be done with a message: a toolbar in the one that is pointed at or focused, and the keys to get there.
 *
 * @import {Amendment} from '../state/message.js'
 * @import {Message, State} from '../state/types.js'
 * @import {Press} from '../lib/keyboard.js'
 */

import { profilePath } from "../lib/avatar.js";
import { byId, clone, copy, within } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { messageOffers } from "../state/offers.js";
import { Deletion } from "./deletion.js";
import { Picker } from "./emoji-picker.js";
import { followQuote } from "./parts/quote.js";
import { fullyQualified } from "../lib/text.js";
import { isTap } from "../lib/touch.js";
import { find } from "../state/message-list.js";

const STEPS = /** @type {const} */ ({ ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" });

/**
 * @typedef {object} MenuActions
 * @property {(amendment: Amendment) => void} amend
 * @property {(room: number, seq: number) => void} remove
 * @property {(message: Message) => void} reply
 * @property {(message: Message) => void} edit
 * @property {(seq: number) => void} unread it, and what came after it
 * @property {(sentence: string) => void} say
 * @property {() => void} leave back to writing
 */

export class MessageMenu {
  #actions;
  #log = byId("log", HTMLElement);
  #toolbar = clone("toolbar-template");
  #picker;
  #deletion;
  /** @type {State | null} */
  #state = null;
  /** The message that a reaction is being chosen for. */
  #reacting = 0;
  /** The one message that the Tab key stops at.
   * @type {HTMLElement | null} */
  #stop = null;

  /**
   * @param {MenuActions} actions
   * @param {AbortSignal} signal
   */
  constructor(actions, signal) {
    this.#actions = actions;
    this.#picker = new Picker(signal);
    this.#deletion = new Deletion((room, seq) => this.#remove(room, seq), signal);
    this.#log.addEventListener("pointerover", (event) => this.#pointed(event, event.target), { signal });
    this.#log.addEventListener("pointerleave", (event) => this.#pointed(event, document.activeElement), { signal });
    this.#log.addEventListener("focusin", ({ target }) => this.#focused(target), { signal });
    this.#log.addEventListener("focusout", ({ relatedTarget }) => this.#left(relatedTarget), { signal });
    onPress(this.#log, (press) => this.#actionOf(press), { signal });
    this.#log.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#log.addEventListener("click", tapped, { signal });
  }

  /** @param {State} state */
  render(state) {
    if (this.#state?.open !== state.open) this.#toolbar.remove(); // it would stay with a message of before
    this.#state = state;
    const last = this.#log.lastElementChild;
    const isAway = !this.#log.contains(document.activeElement);
    if (last instanceof HTMLElement && (isAway || !this.#stop?.isConnected)) this.#stopAt(last);
    const offered = messageAt(this.#toolbar) ?? messageAt(document.activeElement); // it may have been on its way until now
    if (offered) this.#offer(offered);
    if (this.#picker.isOpen && !this.#may(this.#message(this.#reacting), "react")) this.#picker.close();
  }

  /**
   * @param {PointerEvent} event
   * @param {EventTarget | null} target
   */
  #pointed({ pointerType }, target) {
    const element = messageAt(target);
    const shown = messageAt(this.#toolbar);
    if (pointerType === "touch" || this.#picker.isOpen || element === shown) return;
    if (this.#toolbar.contains(document.activeElement)) shown?.focus({ preventScroll: true }); // what is moved loses it
    this.#offer(element);
  }

  /** @param {EventTarget | null} target */
  #focused(target) {
    const element = messageAt(target);
    if (!element) return;
    this.#stopAt(element);
    this.#offer(element);
  }

  /** @param {EventTarget | null} target where the focus goes; from a panel it comes back */
  #left(target) {
    const isAway = !(target instanceof Element && target.closest("#log > .message, #picker, #deletion"));
    if (isAway) this.#toolbar.remove();
  }

  /**
   * The toolbar in a message, with what this reader may do; nowhere, if that is nothing.
   *
   * @param {HTMLElement | null} element
   */
  #offer(element) {
    const message = this.#messageIn(element);
    if (!element || !message) {
      this.#toolbar.remove();
      return;
    }
    within(this.#toolbar, "[data-command=profile]").setAttribute("href", profilePath(message.author));
    within(this.#toolbar, "[data-command=report]").setAttribute("href", `/rooms/${this.#state?.open}/${message.seq}/report`);
    if (this.#toolbar.parentElement !== element) element.append(this.#toolbar);
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-command]"))) {
      button.hidden = !this.#may(message, button.dataset.command ?? "");
    }
  }

  /**
   * Whether something may be done with a message now.
   *
   * @param {Message | null} message
   * @param {string} command
   */
  #may(message, command) {
    /** @type {Record<string, boolean>} */
    const offers = message && this.#state ? messageOffers(message, this.#state) : {};
    return Boolean(offers[command]);
  }

  /** @param {number} seq */
  #message(seq) {
    const { open = 0, rooms = {} } = this.#state ?? {};
    return find(rooms[open]?.messages ?? [], seq) ?? null;
  }

  /** @param {HTMLElement | null} element */
  #messageIn(element) {
    return this.#message(Number(element?.dataset.seq));
  }

  /** @param {HTMLElement} element */
  #stopAt(element) {
    if (this.#stop === element) return;
    if (this.#stop) this.#stop.tabIndex = -1;
    this.#stop = element;
    element.tabIndex = 0;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = event.target instanceof Element ? event.target.closest("[data-command], .reaction, .quote") : null;
    const message = this.#messageIn(messageAt(target));
    if (!(target instanceof HTMLElement) || !message) return;
    const { command, emoji = "" } = target.dataset;
    if (command) this.#obey(command, message, target);
    else if (target.matches(".quote")) followQuote(event, message, this.#log);
    else if (!this.#may(message, "react")) this.#actions.say("This room is archived: nothing changes here any more.");
    else this.#react(message.seq, emoji, target.getAttribute("aria-pressed") !== "true");
  }

  /**
   * @param {string} command
   * @param {Message} message
   * @param {Element} button
   */
  #obey(command, message, button) {
    if (!this.#may(message, command)) return;
    if (command === "react") this.#choose(message, button);
    if (command === "reply") this.#actions.reply(message);
    if (command === "edit") this.#actions.edit(message);
    if (command === "link") this.#copyLink(message);
    if (command === "unread") this.#actions.unread(message.seq);
    if (command === "delete") this.askToDelete(message.seq);
    if (command !== "hide") return;
    this.#actions.amend({ type: "hide_preview", room: this.#state?.open ?? 0, seq: message.seq });
    this.#stop?.focus({ preventScroll: true }); // the button that had the focus goes
  }

  /**
   * @param {Message} message
   * @param {Element} button
   */
  #choose({ seq }, button) {
    this.#reacting = seq;
    this.#picker.open(button, (emoji) => this.#react(seq, emoji, true));
  }

  /**
   * @param {number} seq
   * @param {string} emoji
   * @param {boolean} on
   */
  #react(seq, emoji, on) {
    this.#actions.amend({ type: "react", room: this.#state?.open ?? 0, seq, emoji: fullyQualified(emoji), on });
  }

  /** @param {number} seq */
  askToDelete(seq) {
    this.#deletion.ask(this.#state?.open ?? 0, seq);
  }

  /**
   * @param {number} room
   * @param {number} seq
   */
  #remove(room, seq) {
    this.#actions.remove(room, seq);
    this.#actions.leave(); // the button that had the focus goes
  }

  /** @param {Message} message */
  async #copyLink({ seq }) {
    await copy(`${location.origin}/rooms/${this.#state?.open}/${seq}`);
    this.#actions.say("Link copied.");
  }

  /** @param {Press} press */
  #actionOf({ alt, command, key, shift, target }) {
    const message = messageAt(target);
    if (!message || command || alt) return undefined;
    const shown = this.#messageIn(message);
    if (shift) return key === "u" && shown && this.#may(shown, "unread") ? () => this.#actions.unread(shown.seq) : undefined;
    if (key === "Escape") return () => this.#actions.leave();
    const isStep = target === message && (key === "ArrowUp" || key === "ArrowDown");
    return isStep ? () => neighbour(message, STEPS[key])?.focus() : undefined;
  }
}

/**
 * The message that something on the page belongs to.
 *
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function messageAt(target) {
  return target instanceof Element ? target.closest("#log > .message") : null;
}

/**
 * A finger on the name of the author asks what can be done with the message, as one anywhere else in it does.
 *
 * @param {MouseEvent} event
 */
function tapped(event) {
  const link = event.target instanceof Element ? event.target.closest(".message__profile") : null;
  if (!link || !isTap(event)) return;
  event.preventDefault();
  messageAt(link)?.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} element
 * @param {'previousElementSibling' | 'nextElementSibling'} direction
 * @returns {HTMLElement | null}
 */
function neighbour(element, direction) {
  let next = element[direction];
  while (next && !next.matches(".message")) next = next[direction];
  return /** @type {HTMLElement | null} */ (next);
}
