/**
 * In words: people who will not read what one writes, as their account is switched off. The same as in
 * templates/chat/room.html.
 */

/**
 * @param {string[]} names or logins
 * @returns {string}
 */
export function offSentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]}’s account is switched off: they will not read this.`;
  return `The accounts of ${names.join(", ")} are switched off: they will not read this.`;
}
