/**
 * What a name is searched by: Ünal is found by una, Łukasz by luk, O’Brien by o'b. Pure.
 *
 * As app/base/folding.py, which says why; tests/folding.json is the table that both are held to.
 */

const LEFT_OUT = new RegExp(
  "[\\u0300-\\u036F\\u0483-\\u0487\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u05C7\\u0610-\\u061A\\u064B-\\u065F\\u0670" +
    "\\u06D6-\\u06DC\\u06DF-\\u06E4\\u06E7\\u06E8\\u06EA-\\u06ED\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF\\u20D0-\\u20FF\\uFE20-\\uFE2F" +
    "\\u00AD\\u061C\\u0640\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFE00-\\uFE0F\\uFEFF\\u180B-\\u180F]",
  "gu",
);
const PLAIN = table(
  "ßss æae œoe øo łl đd ðd þth ħh ŧt ŋn ıi ĸk əe ɛe ɔo ƀb ɓb ȼc ƈc ɖd ɗd ɇe ƒf ǥg ɠg ɣg ɨi ɉj ƙk ƚl ɲn ƥp ɍr ƭt ⱦt ʉu " +
    "ʋv ƴy ɏy ƶz ʒz ⱥa ςσ ґг ғг қк ңн өо үу ұу әа ҳх ҷч ךכ םמ ןנ ףפ ץצ ىي یي ةه ہه ەه کك ٱا",
);
const ALIKE = table("’' ‘' ʼ' ʻ' ʹ' ˈ' ꞌ' ՚' ′' \u0060' ´' ׳' ״\" ”\" “\" „\" ‐- ‑- ‒- –- —- −-");
const SPELLED = table("äae öoe üue øoe åaa đdj");
const BEGINNING = /(?<=[\p{P}\p{S}])(?=[\p{L}\p{N}])|(?=\p{Script=Han})/gu;

/**
 * The text without case, accents and other differences that people do not type; a space before each word in it.
 *
 * @param {string} text
 */
export function folded(text) {
  const apart = replaced(text, ALIKE).normalize("NFKD").replace(LEFT_OUT, "").toLowerCase();
  return replaced(apart, PLAIN).replace(BEGINNING, " ").replace(/\s+/gu, " ").trim();
}

/**
 * The text as `folded`, and as it is spelled out without its letters, where that differs.
 *
 * @param {string} text
 */
export function spellings(text) {
  return [...new Set([folded(text), folded(replaced(text.normalize("NFC").toLowerCase(), SPELLED))])];
}

/** @param {string} pairs */
function table(pairs) {
  return new Map(pairs.split(" ").map((pair) => [pair[0], pair.slice(1)]));
}

/**
 * @param {string} text
 * @param {Map<string, string>} letters
 */
function replaced(text, letters) {
  return text.replace(/[^a-z0-9 ]/gu, (letter) => letters.get(letter) ?? letter);
}
