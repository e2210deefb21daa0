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
 * The first lines of a text file, and what is to be said of them.
 *
 * @param {HTMLElement} file
 * @param {(method: 'GET', path: string) => Promise<{text: string, more: boolean}>} ask
 */
export async function linesOf(file, ask) {
  const { pathname } = /** @type {HTMLAnchorElement} */ (file.querySelector(".file__line"));
  try {
    const { more, text } = await ask("GET", `${pathname}?lines=${LINES}`);
    return { text: text || "This file is empty.", note: more ? "It goes on. Download the file to read all of it." : "" };
  } catch (error) {
    return { text: "", note: error instanceof Error ? error.message : String(error) };
  }
}
