/**
 * Operators in a question, such as `from:anna`: where they stand, and how one is put in or taken out. Pure.
 *
 * As app/search/asking/question.py reads them; values with spaces stand in quotation marks.
 *
 * @typedef {object} Filter
 * @property {string} name `from`, `in` …
 * @property {string} value without quotation marks
 * @property {number} begin where it stands in the text
 * @property {number} end
 *
 * @typedef {{text: string, caret: number}} Edited
 */

export const NAMES = ["from", "in", "to", "mentions", "before", "after", "on", "has"];

const FILTER = new RegExp(String.raw`(?<!\S)-?(${NAMES.join("|")}):([@#]?"[^"]*"?|\S*)(?!\S)`, "giu");

/**
 * @param {string} text
 * @returns {Filter[]}
 */
export function filtersIn(text) {
  return Array.from(text.matchAll(FILTER), ({ 0: whole, 1: name, 2: value, index }) => {
    return { name: name.toLowerCase(), value: value.replaceAll('"', ""), begin: index, end: index + whole.length };
  });
}

/**
 * The filter whose value is being typed.
 *
 * @param {string} text
 * @param {number} caret
 */
export function filterAt(text, caret) {
  return filtersIn(text).find(({ begin, end }) => text.indexOf(":", begin) < caret && caret <= end);
}

/**
 * What is typed of the name of a person: `@` may stand before it.
 *
 * @param {string} value
 */
export function nameIn(value) {
  return value.replace(/^@/u, "");
}

/**
 * The letters before the caret since the last space.
 *
 * @param {string} text
 * @param {number} caret
 */
export function beginningAt(text, caret) {
  return /\S*$/u.exec(text.slice(0, caret))?.[0] ?? "";
}

/**
 * The text with a filter in place of what stands from `begin` to `end`; the caret stands where the next word begins,
 * or the value.
 *
 * @param {string} text
 * @param {{begin: number, end: number}} place
 * @param {string} name
 * @param {string} [value]
 * @returns {Edited}
 */
export function withFilter(text, { begin, end }, name, value) {
  const before = text.slice(0, begin).replace(/\S$/u, "$& ");
  const sign = text[begin] === "-" ? "-" : "";
  const rest = text.slice(end).trimStart();
  const filter = value === undefined ? `${name}:` : `${name}:${quoted(value)} `;
  const gap = value === undefined && rest ? " " : "";
  return { text: `${before}${sign}${filter}${gap}${rest}`, caret: before.length + sign.length + filter.length };
}

/**
 * The text without what stands from `begin` to `end`.
 *
 * @param {string} text
 * @param {{begin: number, end: number}} place
 * @returns {Edited}
 */
export function without(text, { begin, end }) {
  const [before, rest] = [text.slice(0, begin), text.slice(end).trimStart()];
  return { text: before + rest, caret: before.length };
}

/** @param {string} value */
function quoted(value) {
  return /\s/u.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}
