/** The day that one wants to jump to begins where the reader is: its beginning goes along with the form. */

import { byId } from "../lib/dom.js";

/** @param {AbortSignal} signal */
export function tellReadersDay(signal) {
  const day = byId("jump-day", HTMLInputElement);
  const begin = () => new Date(`${day.value}T00:00`).toISOString();
  byId("jump-form", HTMLFormElement).addEventListener("formdata", ({ formData }) => formData.set("time", begin()), { signal });
  byId("jump-time", HTMLInputElement).disabled = false;
}
