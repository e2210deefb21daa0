/**
 * The head of the open room as others change it: name, topic, archived.
 *
 * @import {State} from './types.js'
 */

import { byId, setText } from "./dom.js";
import { titleOf } from "./room.js";

export class RoomHead {
  #title = byId("title", HTMLElement);
  #topic = byId("topic", HTMLElement);
  #archived = byId("archived", HTMLElement);
  #composer = byId("composer", HTMLFormElement);
  #text = byId("text", HTMLTextAreaElement);

  /** @param {State} state */
  render({ me, open, rooms }) {
    const room = rooms[open];
    const title = titleOf(room, me);
    if (this.#title.textContent !== title) {
      setText(this.#title, title);
      this.#text.placeholder = `Message ${room.kind === "direct" ? "" : "#"}${title}`;
      this.#text.setAttribute("aria-label", `Message to ${title}`);
    }
    setText(this.#topic, room.topic);
    this.#archived.hidden = !room.archived;
    this.#composer.hidden = room.archived;
  }
}
