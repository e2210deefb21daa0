/**
 * What the open room is, whichever it is, and as others change it: name, topic, archived, whose account is switched off. Where it is
 * archived nobody writes; what was being written stays, and is shown again when the room is brought back.
 *
 * @import {Person, Room, State} from '../state/types.js'
 */

import { fillAvatar, offSentence } from "../lib/avatar.js";
import { byId, clone, copy, sentence, setSentence, setText, within } from "../lib/dom.js";
import { showLinked } from "../lib/links.js";
import { others, titleOf } from "../state/room.js";

export class RoomHead {
  #room = byId("room", HTMLElement);
  #title = byId("title", HTMLElement);
  /** The open room, by its id and its name. */
  #shown = "";
  #topic = byId("topic", HTMLElement);
  #shownTopic = "";
  #archived = byId("archived", HTMLElement);
  #off = byId("off", HTMLElement);
  #kept = byId("archived-kept", HTMLElement);
  #composer = byId("composer", HTMLFormElement);
  #text = byId("text", HTMLTextAreaElement);

  /** @param {AbortSignal} signal */
  constructor(signal) {
    byId("archived-copy", HTMLElement).addEventListener("click", () => copy(this.#text.value), { signal });
  }

  /** @param {State} state */
  render({ me, open, rooms }) {
    const room = rooms[open];
    const [title, members] = [titleOf(room, me), others(room.members, me)];
    if (Number(this.#room.dataset.roomId) !== open) this.#turnTo(room, members[0]);
    if (this.#shown !== `${open} ${title}`) {
      this.#shown = `${open} ${title}`;
      this.#name(room, title, members.map((person) => person.name));
    }
    if (this.#shownTopic !== room.topic) showLinked(this.#topic, (this.#shownTopic = room.topic));
    const off = members.filter((person) => person.off);
    setText(this.#off, offSentence(off.map((person) => person.name)));
    if (this.#composer.hidden !== room.archived) this.#archive(room.archived);
    this.#kept.hidden = this.#text.value.trim() === "";
  }

  /**
   * Another room is open. What is said of rooms of one kind alone, style sheets show.
   *
   * @param {Room} room
   * @param {Person} [other] of a direct one
   */
  #turnTo({ id, kind }, other) {
    const { dataset } = this.#room;
    dataset.roomId = String(id);
    dataset.roomKind = kind;
    const sign = within(clone(other ? "direct-template" : "room-template"), ".avatar, .rooms__sign");
    sign.classList.replace("rooms__sign", "room__sign");
    if (other) fillAvatar(sign, other);
    this.#title.previousElementSibling?.replaceWith(sign);
    byId("room-more", HTMLElement).setAttribute("aria-label", other ? "This conversation" : "This room");
  }

  /**
   * @param {Room} room
   * @param {string} title
   * @param {string[]} names of the others in a direct one
   */
  #name({ kind }, title, names) {
    const isDirect = kind === "direct";
    setText(this.#title, title);
    this.#text.placeholder = `Message ${isDirect ? "" : "#"}${title}`;
    this.#text.setAttribute("aria-label", `Message to ${title}`);
    byId("log", HTMLElement).setAttribute("aria-label", `Messages ${isDirect ? "with" : "in"} ${title}`);
    setSentence(within(this.#room, ".welcome__title"), isDirect ? pair(names) : sentence`Welcome to ${title}`);
  }

  /** @param {boolean} isArchived */
  #archive(isArchived) {
    this.#room.dataset.roomArchived = isArchived ? "true" : "";
    this.#archived.hidden = !isArchived;
    this.#composer.hidden = isArchived;
    setText(byId("note", HTMLElement), ""); // what it said was about before
  }
}

/** @param {string[]} names */
function pair(names) {
  const words = names.map((_, index) => (index === 0 ? "You and " : index < names.length - 1 ? ", " : " and "));
  return sentence(/** @type {any} */ ([...words, ""]), ...names);
}
