/**
 * The line under the composer about people who were mentioned and are not in the room.
 */

import { byId, setText } from "./dom.js";

/**
 * @param {string[]} logins
 * @returns {string}
 */
export function unheardSentence(logins) {
  if (logins.length === 0) return "";
  const names = new Intl.ListFormat("en", { type: "conjunction" }).format(logins);
  return logins.length === 1 ? `${names} is not in this room and was not told.` : `${names} are not in this room and were not told.`;
}

/** @param {string[]} logins none: the line is empty again */
export function showUnheard(logins) {
  setText(byId("unheard", HTMLElement), unheardSentence(logins));
}
