/**
 * Finding by a few letters, in their order but not next to one another. Pure.
 */

import { folded, spellings } from "./folding.js";

/** How well a text fits: it is what was typed; words of it begin so; the letters stand in it. */
const WHOLE = 2;
const BEGINS = 1;
const SCATTERED = 0;

const CALL = /^\s*[@#](?=[\p{L}\p{N}])/u;

/**
 * How well a text fits what was typed, in the first place by `rank`; null when it does not. `@bob` and `#general` are
 * `bob` and `general`, as on the server (app/db/finding.py).
 *
 * @typedef {{rank: number, score: number}} Fit the greater, the better
 *
 * @param {string} typed
 * @param {string} text
 * @returns {Fit | null}
 */
export function fit(typed, text) {
  const wanted = folded(typed.replace(CALL, ""));
  const fits = spellings(text).flatMap((spelling) => fitOf(wanted, spelling) ?? []);
  return fits.toSorted(better)[0] ?? null;
}

/**
 * Those that fit, the best first: what is called so, then where words begin so, then where the letters are scattered.
 * Among equals, those of less weight come first. All of them in their own order when nothing was typed.
 *
 * @template T
 * @param {string} typed
 * @param {T[]} items
 * @param {(item: T) => string[]} textsOf
 * @param {(item: T) => number} [weightOf]
 */
export function fitting(typed, items, textsOf, weightOf = () => 0) {
  if (folded(typed) === "") return items;
  const found = items.flatMap((item) => {
    const best = textsOf(item).flatMap((text) => fit(typed, text) ?? []).toSorted(better)[0];
    return best ? [{ item, ...best, weight: weightOf(item) }] : [];
  });
  found.sort((one, other) => other.rank - one.rank || one.weight - other.weight || better(one, other));
  return found.map(({ item }) => item);
}

/**
 * Whether words of one of the texts begin so.
 *
 * @param {string} typed
 * @param {string[]} texts
 */
export function begins(typed, texts) {
  return texts.some((text) => (fit(typed, text)?.rank ?? SCATTERED) >= BEGINS);
}

/**
 * @param {string} wanted
 * @param {string} text both folded
 * @returns {Fit | null}
 */
function fitOf(wanted, text) {
  const score = scattered(wanted.replaceAll(" ", ""), text);
  const words = text.split(" ");
  const begins = wanted.split(" ").every((word) => words.some((each) => each.startsWith(word)));
  if (begins) return { rank: wanted === text ? WHOLE : BEGINS, score: score ?? 0 };
  return score === null ? null : { rank: SCATTERED, score };
}

/**
 * Letters at the beginning of a word and letters that follow one another count more; between equals the shorter text
 * comes first.
 *
 * @param {string} wanted
 * @param {string} text
 */
function scattered(wanted, text) {
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    if (next === at + 1) score += 3;
    if (next === 0 || text[next - 1] === " ") score += 4;
    at = next;
  }
  return score - text.length / 100;
}

/**
 * @param {Fit} one
 * @param {Fit} other
 */
function better(one, other) {
  return other.rank - one.rank || other.score - one.score;
}
