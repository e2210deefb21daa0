/**
 * Web and e-mail addresses in typed text, and links to them. `app/chat/markup/links.py` is the twin of the rule;
 * `tests/texts.json` and a test with random texts hold them together.
 *
 * An address begins with `http://`, `https://` or `www.`, or is one of e-mail. It ends before a space, before a bracket
 * without its pair, before quotation marks and punctuation of any script, and where the letters behind the host's last
 * label are of another alphabet. What is no address by the WHATWG's URL standard is text.
 *
 * @typedef {{text: string, href?: string}} Part a piece of text; with `href` it is an address
 */

/** Letters of scripts that put no space between words. */
export const UNSPACED = String.raw`(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]|\u30FC|\uFF70)`;
/** A letter or digit of a script that does. */
export const SPACED = String.raw`(?!${UNSPACED}|[\uFE00-\uFE0F\u20D0-\u20FF])[\p{L}\p{M}\p{N}]`; // not ❤️ and 1️⃣
const MARKS = "*_~";

const LATIN = String.raw`[\p{Script=Latin}0-9_\-]{1,63}`;
const RIGHT_TO_LEFT = String.raw`[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]`;
const JOINER = String.raw`[\u200C\u200D](?=[\p{L}\p{M}])`;
const RTL_LABEL = String.raw`(?=\p{L})${RIGHT_TO_LEFT}(?:${RIGHT_TO_LEFT}|[\p{M}0-9\-]|${JOINER}){0,62}(?<!-\p{M}*)`;
const LTR_LETTER = String.raw`(?!${RIGHT_TO_LEFT})(?:[\p{L}\p{M}0-9_\-]|${JOINER})`;
const LABEL = String.raw`(?:(?:${LTR_LETTER}){1,63}|${RTL_LABEL})`;
const OTHER = String.raw`(?:(?:(?!\p{Script=Latin})${LTR_LETTER}){1,63}|${RTL_LABEL})`;
const IP_6 = String.raw`\[[0-9A-Fa-f:.]{2,45}\]`;
const TWO = String.raw`(?:[Ww]{3}\.)?${LATIN}\.${OTHER}(?!\.?[\p{L}\p{M}\p{N}_\-])`;
const HOST = String.raw`(?:${TWO}|(?:${LABEL}\.){0,20}(?:${LATIN}(?<!-)|${OTHER}\.${OTHER})|${OTHER}|${IP_6})`;
/**
 * Not white space, quotation marks, controls, and brackets and punctuation that are not ASCII; joiners belong to words.
 * Nor the h of another address, behind a bracket that ends or a comma.
 */
const INSIDE = String.raw`(?:[!#-;=?-_a-gi-~]|h(?!ttps?:\/\/(?<=[,;)\]\}][(\[\{]?https?:\/\/))|[^\s!-~\p{Cc}\p{Cf}\p{Pi}\p{Pf}\p{Ps}\p{Pe}\u2014\u3000-\u3003\u301C\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF64]|[\u200C\u200D](?=[\p{L}\p{M}\p{Extended_Pictographic}]))`;
const BEGIN = String.raw`(?:(?<![A-Za-z0-9])[Hh][Tt]{2}[Pp][Ss]?:\/\/(?!https?:\/\/|[^\s\/?#]{0,100}@)|(?<![@.\/_+%\-]|[Mm]ailto:|${SPACED})(?=[Ww]{3}\.${LABEL}\.))`;
const WEB = String.raw`${BEGIN}(?<host>${HOST})(?:\.(?=\/|:[0-9]))?(?::[0-9]{1,5}(?![0-9]))?(?:[\/?#]${INSIDE}*)?`;
const MAILBOX = String.raw`(?:${SPACED}|[.%+'_\-])`;
const AT = String.raw`@(?![\p{L}\p{N}_.\-]*@)(?<at>(?:${LABEL}\.){1,20}(?:[Xx]n--${LATIN}|\p{Script=Latin}{2,63}|(?=\p{L})${OTHER}))(?![@\/]|_*[\p{Script=Latin}0-9]|:[^\s:]*\/)`;
const MAIL = String.raw`(?=[\p{L}\p{M}\p{N}_])(?<!(?:[@\/_]|${SPACED}|\/\/[^\s\/@]{0,64}:)[.%+'\-]*)(?<mail>(?:[Mm]ailto:)?(?:${SPACED}|_)${MAILBOX}{0,63}${AT})`;
const ADDRESS = new RegExp(`${WEB}|${MAIL}`, "gu");
const MAY_BE_ADDRESS = /:\/\/|@|www\./iu;
const SENTENCE_SIGN = /(?![\/#%&@*\\])\p{Po}|[\u2013|]/u;
const LOOK_BACK_CHARS = 100;
const MARKS_INSIDE = new RegExp(String.raw`(?:(?<!\*)\*+|(?<!~)~+)(?=${UNSPACED})`, "u");
// i❤.ws is not i, nor e[.]org e; a label may be too long, and what comes may be no host.
const MORE_OF_HOST = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u200D]+\.[\p{L}\p{N}]|(?<=[\p{Script=Latin}_\-])[\p{Script=Latin}0-9_]|:(?:\/\/|[0-9]{6})|[(\[]\.[)\]]|%[0-9A-Fa-f]/uy;

/** @type {Record<string, string>} */
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

/**
 * The text in pieces, those that are addresses with their `href`. Joined, the pieces are the text.
 *
 * @param {string} text
 */
export function linkParts(text) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const { address, href, index } of addresses(text)) {
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/**
 * @param {string} text
 */
function addresses(text) {
  if (!MAY_BE_ADDRESS.test(text)) return [];
  return Array.from(text.matchAll(ADDRESS), (found) => {
    const { groups = {}, index } = found;
    const end = index + found[0].length;
    const mail = text[end] === "_" ? groups.mail?.replace(/^_+(?!@)/u, "") : groups.mail;
    const address = mail ?? trimmed(found[0], text.slice(0, index));
    const prefix = mail ? "mailto:" : "https://";
    const href = /^(?:https?:\/\/|mailto:)/iu.test(address) ? address : prefix + address;
    MORE_OF_HOST.lastIndex = end;
    const host = groups.at ?? (MORE_OF_HOST.test(text) ? "" : groups.host);
    return { address, href, index: mail ? end - address.length : index, host };
  }).filter(({ href, host }) => URL.canParse(href) && URL.canParse(`https://${host}/`));
}

/**
 * An address without what belongs to the sentence around it: brackets, punctuation, marks of emphasis.
 *
 * @param {string} address
 * @param {string} before
 */
function trimmed(address, before) {
  let rest = address.slice(0, firstUnpaired(address));
  const marks = MARKS_INSIDE.exec(rest);
  if (marks && isOpen(marks[0][0], before)) rest = rest.slice(0, marks.index);
  const signs = Array.from(rest);
  /** @type {Record<string, boolean>} */
  const opened = {};
  /** @param {string} sign */
  const isOfSentence = (sign) => (MARKS.includes(sign) ? (opened[sign] ??= isOpen(sign, before)) : SENTENCE_SIGN.test(sign));
  while (signs.length > 0 && isOfSentence(signs[signs.length - 1])) signs.pop();
  return signs.join("");
}

/**
 * Where the first bracket stands whose pair is not in the address; else its length.
 *
 * @param {string} address
 */
function firstUnpaired(address) {
  /** @type {number[]} */
  const opened = [];
  for (let end = 0; end < address.length; end += 1) {
    if ("([{".includes(address[end])) opened.push(end);
    else if (address[end] in BRACKETS) {
      const begin = opened.pop() ?? end;
      if (address[begin] !== BRACKETS[address[end]]) return opened[0] ?? begin;
    }
  }
  return opened[0] ?? address.length;
}

/**
 * Whether an emphasis was begun, above no blank line, and has not ended.
 *
 * @param {string} mark
 * @param {string} before
 */
function isOpen(mark, before) {
  const line = Array.from(before.slice(-2 * LOOK_BACK_CHARS)).slice(-LOOK_BACK_CHARS).join("").split(/\n[ \t]*\n/u).at(-1) ?? "";
  const sign = mark === "*" ? "\\*" : mark;
  const word = mark === "_" ? String.raw`[\p{L}\p{N}]` : SPACED;
  const begins = String.raw`(?<!${word})${sign}+(?!\s|${sign})`;
  const ends = String.raw`(?<=\S)${sign}+(?!${word}|${sign}|$)`;
  let open = false;
  for (const found of line.matchAll(new RegExp(`(?=(${begins})?)(?=(${ends})?)${sign}+`, "gu"))) open = open ? !found[2] : !!found[1];
  return open;
}

/**
 * Text as it was typed, with its addresses as links.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function showLinked(element, text) {
  const parts = linkParts(text);
  if (parts.length < 2 && !parts[0]?.href && !element.firstElementChild) {
    if (element.textContent !== text) element.textContent = text;
  } else element.replaceChildren(...parts.map((part) => (part.href ? link(part.text, part.href) : part.text)));
}

/**
 * @param {string} text
 * @param {string} href
 */
function link(text, href) {
  const anchor = document.createElement("a");
  Object.assign(anchor, { href, rel: "noopener noreferrer nofollow", target: "_blank", textContent: text, dir: "ltr" });
  return anchor;
}

/**
 * Opens one's own addresses, such as a link to a message, where one is, and not in a new tab; `html` of the server and
 * links made here alike.
 *
 * @param {AbortSignal} signal
 */
export function openOwnInPlace(signal) {
  const opened = (/** @type {MouseEvent} */ { target }) => {
    const anchor = target instanceof Element ? target.closest("a[target=_blank]") : null;
    if (anchor instanceof HTMLAnchorElement && anchor.origin === location.origin) anchor.removeAttribute("target");
  };
  document.addEventListener("click", opened, { signal, capture: true });
}
