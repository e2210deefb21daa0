/**
 * What is known about a piece of text: its emoji, its length, a name's initials. Pure.
 */

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[#*0-9]\ufe0f?\u20e3)/u;
// As in app/chat/wire/emoji.py.
const COLOUR = "[\\u{1f3fb}-\\u{1f3ff}]";
const SIGN = String.raw`\p{Extended_Pictographic}(?:\ufe0f|${COLOUR}|[\u{e0020}-\u{e007e}]+\u{e007f})?`;
const ONE_EMOJI = new RegExp(String.raw`^(?:[\u{1f1e6}-\u{1f1ff}]{2}|[#*0-9]\ufe0f\u20e3|${SIGN}(?:\u200d${SIGN})*)$`, "u");
const LOOKS = /[\ufe0e\ufe0f]/gu;
const TEXT_AT_FIRST = new RegExp(String.raw`(?=\p{Emoji})\P{Emoji_Presentation}(?!${COLOUR})`, "gu");
// As in app/base/text.py.
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb\u{1d159}\u{13430}-\u{13442}]/u;
const WHITE_SPACE = /\p{White_Space}/u;
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/gu;
const MOST_EMOJI = 6;
const LONGEST_EMOJI = 32;

/** From here on scripts have no capitals and one sign says enough, as in 李 for 李雷. */
const ONE_SIGN_SCRIPTS = 0x2e80;

/** They have capitals that hardly a font has, as do a few letters since Unicode 15. */
const GEORGIAN = /^[\u10d0-\u10ff\u1c90-\u1cbf]/u;
const NEW_CAPITALS = /^[\u1c89\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7df\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;

/** Letters in a name that say that its i is one with a dot, as a capital, too. */
const TURKIC = /[ıİğĞəƏ]/u;

/** Two letters in one, of which the first alone is a capital. */
const DIGRAPHS = new Map([["Ǆ", "ǅ"], ["Ǉ", "ǈ"], ["Ǌ", "ǋ"], ["Ǳ", "ǲ"]]);

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * One to six emoji and nothing else.
 *
 * @param {string} text
 */
export function isEmojiOnly(text) {
  if (text.length > 200) return false;
  const signs = Array.from(graphemes.segment(text), ({ segment }) => segment).filter((segment) => segment.trim());
  return signs.length > 0 && signs.length <= MOST_EMOJI && signs.every((sign) => EMOJI.test(sign));
}

/**
 * One emoji, in whatever form, and nothing else.
 *
 * @param {string} text
 */
export function isEmoji(text) {
  const kept = fullyQualified(text);
  return ONE_EMOJI.test(kept) && lengthOf(kept) <= LONGEST_EMOJI;
}

/**
 * The one form of an emoji, as the server keeps it: U+FE0F where it is needed, and only there.
 *
 * @param {string} text
 */
export function fullyQualified(text) {
  return text.replace(LOOKS, "").replace(TEXT_AT_FIRST, "$&\ufe0f");
}

/**
 * The first signs of the first and the last word of a name, as one sees them.
 *
 * @param {string} name
 */
export function initials(name) {
  const words = name.trim().split(/\s+/u);
  const [first, last] = [words[0], words[words.length - 1]].map((word) => graphemes.segment(word).containing(0)?.segment ?? "?");
  const isOneEnough = words.length === 1 || (first.codePointAt(0) ?? 0) >= ONE_SIGN_SCRIPTS;
  const isTurkic = TURKIC.test(name);
  return (isOneEnough ? [first] : [first, last]).map((sign) => (isTurkic && sign === "i" ? "İ" : capital(sign))).join("");
}

/**
 * As a name's first sign is written: one sign, also where capitals are two (ß, ﬁ), and one that fonts have.
 *
 * @param {string} sign
 */
function capital(sign) {
  if (GEORGIAN.test(sign)) return sign.toLowerCase();
  const great = sign.toUpperCase();
  if (NEW_CAPITALS.test(great)) return sign;
  if (Array.from(graphemes.segment(great)).length === 1) return DIGRAPHS.get(great) ?? great;
  return (/\p{Lowercase_Letter}/u.exec(sign.normalize("NFKD"))?.[0] ?? sign).replace(/[^ß]/u, (letter) => letter.toUpperCase());
}

/**
 * The text as it is sent and kept: NFC, line ends as `\n`, without controls, blank lines before and white space after.
 *
 * @param {string} text
 */
export function cleaned(text) {
  const whole = text.replace(/\r\n?/gu, "\n").replace(UNPRINTABLE, "").normalize("NFC");
  const first = whole.search(/\P{White_Space}/u);
  if (first < 0) return "";
  let end = whole.length;
  while (WHITE_SPACE.test(whole[end - 1])) end -= 1;
  return whole.slice(whole.lastIndexOf("\n", first) + 1, end);
}

/**
 * Whether somebody who looks at the text sees anything.
 *
 * @param {string} text
 */
export function isVisible(text) {
  return VISIBLE.test(text);
}

/**
 * Characters as the server counts them.
 *
 * @param {string} text
 */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** @param {number} days */
export function inDays(days) {
  return days === 1 ? "a day" : `${days} days`;
}
