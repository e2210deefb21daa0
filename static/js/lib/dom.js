/**
 * The few things that every view does with the page.
 */

/**
 * The element with this id, of this class. The template and the scripts belong together: missing is a mistake.
 *
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no #${id} in the page`);
  return element;
}

/**
 * The first element inside `root` that fits.
 *
 * @param {ParentNode} root
 * @param {string} selector
 */
export function within(root, selector) {
  const element = root.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`no ${selector} in the page`);
  return element;
}

/**
 * A copy of the one element in a template.
 *
 * @param {string} id
 */
export function clone(id) {
  const element = byId(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement)) throw new Error(`nothing in #${id}`);
  return element;
}

/**
 * Sets the text where it is another; screen readers and selections are left alone otherwise.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A sentence around words that people typed, which keep a direction of their own: a tag of template strings.
 *
 * @param {TemplateStringsArray} words
 * @param {string[]} typed
 */
export function sentence(words, ...typed) {
  return words.flatMap((each, index) => (index < typed.length ? [each, isolated(typed[index])] : [each]));
}

/**
 * Sets a sentence where it is another, as `setText` sets text.
 *
 * @param {Element} element
 * @param {(string | Element)[]} parts
 */
export function setSentence(element, parts) {
  const text = parts.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
  if (element.textContent !== text) element.replaceChildren(...parts);
}

/** @param {string} text */
function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

/** Closes what lies over the page: it was about what is no longer there. */
export function closeOverlays() {
  for (const dialog of /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll("dialog[open]"))) dialog.close();
  for (const popover of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(":popover-open"))) popover.hidePopover();
}

/**
 * Puts text on the clipboard, also where the page is served without https and the modern way is closed.
 *
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
