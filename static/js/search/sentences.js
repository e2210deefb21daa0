/**
 * What stands below the lines of a search: that it goes on, that there is nothing, or why. Pure.
 *
 * @import {Outcome} from './message-search.js'
 */

import { dateLabel } from "../lib/calendar.js";

const NOTHING = "No room, nobody and no message has these letters. Try fewer.";
const CUT = "Only the first words of this were looked for.";
const NO_MESSAGE = "No message of your rooms has this. Try fewer words, or fewer letters.";

/**
 * @param {Outcome} outcome
 * @param {{isWaiting: boolean, isEmpty: boolean, isPlain: boolean, now: number}} seen `isEmpty`: there is no line at all;
 *   `isPlain`: rooms and people were looked for, too
 */
export function noteOn({ cut, hits, indexing, meant, sentence, text, until }, { isEmpty, isPlain, isWaiting, now }) {
  if (isWaiting) return hits.length === 0 && isEmpty ? "Searching …" : "";
  if (sentence) return sentence;
  if (text === "") return isEmpty ? NOTHING : "";
  const isNone = hits.length === 0 && !meant && !until;
  const none = isNone ? (isEmpty && isPlain ? NOTHING : NO_MESSAGE) : "";
  return [none, cut ? CUT : "", indexing ? olderSentence(indexing.until, now) : ""].filter(Boolean).join(" ");
}

/**
 * @param {string | null} until
 * @param {number} now milliseconds
 */
function olderSentence(until, now) {
  const which = until ? `Messages from before ${dateLabel(Date.parse(until), now)}` : "Older messages";
  return `${which} are still being indexed; they will be found soon.`;
}
