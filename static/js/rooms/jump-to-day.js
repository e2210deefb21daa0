/** The day that one wants to jump to begins where the reader is: its beginning goes along with the form. */

import { byId } from "../lib/dom.js";

/** @param {AbortSignal} signal */
export function tellReadersDay(signal) {
  const [form, day, time] = [byId("jump-form", HTMLFormElement), byId("jump-day", HTMLInputElement), byId("jump-time", HTMLInputElement)];
  form.addEventListener("formdata", (event) => event.formData.set("time", new Date(`${day.value}T00:00`).toISOString()), { signal });
  time.disabled = false;
}
