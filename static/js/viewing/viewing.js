/**
 * What opens files on the page, a script that comes when it is first needed (timeline/file-opening.js).
 */

import { Lightbox } from "./lightbox.js";

const LINES = 100;

/** @param {AbortSignal} signal */
export function lightbox(signal) {
  return new Lightbox(signal);
}

/**
 * Writes the first lines of a text file below its line, or why they are not there.
 *
 * @param {HTMLElement} text
 * @param {HTMLElement} file around it
 * @param {(method: 'GET', path: string) => Promise<{text: string, more: boolean}>} ask
 */
export async function fillText(text, file, ask) {
  const { pathname } = /** @type {HTMLAnchorElement} */ (file.querySelector(".file__line"));
  const reason = /** @type {HTMLElement} */ (file.querySelector(".file__reason"));
  const show = (/** @type {string} */ sentence) => ((reason.textContent = sentence), (reason.hidden = !sentence));
  try {
    const { more, text: lines } = await ask("GET", `${pathname}?lines=${LINES}`);
    text.textContent = lines || "This file is empty.";
    show(more ? "It goes on. Download the file to read all of it." : "");
  } catch (error) {
    show(error instanceof Error ? error.message : String(error));
  }
}
