/**
 * Messages with markup: the one place where a string becomes elements. It is always the `html` of a message, which the
 * server made and sanitised (app/chat/markup.py); nothing else may come here.
 */

/**
 * @param {HTMLElement} element
 * @param {string} html
 */
export function showHtml(element, html) {
  if (element.innerHTML !== html) element.innerHTML = html;
}

/** @param {HTMLElement} element */
export function readHtml(element) {
  return element.innerHTML;
}
