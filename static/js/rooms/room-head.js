/**
 * What the open room is, as others change it: name, topic, archived, whose account is switched off. Where it is
 * archived nobody writes; what was being written stays, and is shown again when the room is brought back.
 *
 * @import {State} from '../state/types.js'
 */

import { byId, copy, setText } from "../lib/dom.js";
import { showLinked } from "../lib/links.js";
import { others, titleOf } from "../state/room.js";
import { offSentence } from "../lib/switched-off.js";

export class RoomHead {
  #room = byId("room", HTMLElement);
  #title = byId("title", HTMLElement);
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
    const title = titleOf(room, me);
    if (this.#title.textContent !== title) {
      setText(this.#title, title);
      this.#text.placeholder = `Message ${room.kind === "direct" ? "" : "#"}${title}`;
      this.#text.setAttribute("aria-label", `Message to ${title}`);
    }
    if (this.#shownTopic !== room.topic) showLinked(this.#topic, (this.#shownTopic = room.topic));
    const off = others(room.members, me).filter((person) => person.off);
    setText(this.#off, offSentence(off.map((person) => person.name)));
    if (this.#composer.hidden !== room.archived) this.#archive(room.archived);
    this.#kept.hidden = this.#text.value.trim() === "";
  }

  /** @param {boolean} isArchived */
  #archive(isArchived) {
    this.#room.dataset.roomArchived = isArchived ? "true" : "";
    this.#archived.hidden = !isArchived;
    this.#composer.hidden = isArchived;
    setText(byId("note", HTMLElement), ""); // what it said was about before
  }
}
