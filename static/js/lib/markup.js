/**
 * Messages with markup: the one place where a string becomes elements. It is always the `html` of a message, which the
 * server made and sanitised (app/chat/markup/markup.py); nothing else may come here.
 */

import { reachScrolling } from "./scrolling.js";

/**
 * @param {HTMLElement} element
 * @param {string} html
 */
export function showHtml(element, html) {
  if (readHtml(element) === html) return;
  element.innerHTML = html;
  reachScrolling(element);
}

/** @param {HTMLElement} element */
export function readHtml(element) {
  return element.innerHTML.replaceAll('<pre tabindex="0">', "<pre>"); // as it was before it could be reached
}
