/** The way to a day, to the beginning and to the end of the open room. */

import { byId } from "../lib/dom.js";

/**
 * The day that one wants to jump to begins where the reader is: its beginning goes along with the form.
 *
 * @param {() => import('../state/types.js').State} state
 * @param {AbortSignal} signal
 */
export function tellReadersDay(state, signal) {
  const day = byId("jump-day", HTMLInputElement);
  const form = byId("jump-form", HTMLFormElement);
  const begin = () => new Date(`${day.value}T00:00`).toISOString();
  form.addEventListener("formdata", ({ formData }) => formData.set("time", begin()), { signal });
  byId("jump-time", HTMLInputElement).disabled = false;
  byId("jump", HTMLElement).addEventListener("beforetoggle", () => {
    const { open, rooms } = state();
    form.action = `/rooms/${open}/at`;
    const ends = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".jump__ends a"));
    [1, rooms[open].lastSeq || ""].forEach((seq, index) => (ends[index].href = `/rooms/${open}${seq && "/"}${seq}`));
  }, { signal });
}
