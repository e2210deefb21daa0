/**
 * Finding by a few letters, in their order but not next to one another. Pure.
 */

/**
 * How well a text fits what was typed; the greater, the better, and null when it does not.
 *
 * Letters at the beginning of a word and letters that follow one another count more; between equals the shorter text
 * comes first.
 *
 * @param {string} typed
 * @param {string} text
 */
export function fit(typed, text) {
  const wanted = folded(typed).replaceAll(/\s/gu, "");
  const letters = folded(text);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = letters.indexOf(letter, at + 1);
    if (next < 0) return null;
    if (next === at + 1) score += 3;
    if (next === 0 || /[\s._-]/u.test(letters[next - 1])) score += 4;
    at = next;
  }
  return score - letters.length / 100;
}

/**
 * Those that fit, the best first; all of them in their own order when nothing was typed.
 *
 * @template T
 * @param {string} typed
 * @param {T[]} items
 * @param {(item: T) => string} textOf
 */
export function fitting(typed, items, textOf) {
  const found = items.flatMap((item) => {
    const score = fit(typed, textOf(item));
    return score === null ? [] : [{ item, score }];
  });
  if (folded(typed).trim() === "") return items;
  return found.toSorted((one, other) => other.score - one.score).map(({ item }) => item);
}

/** Without case and accents. @param {string} text */
function folded(text) {
  return text.normalize("NFKD").replaceAll(/\p{Mark}/gu, "").toLowerCase();
}
