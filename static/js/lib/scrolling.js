/**
 * What scrolls can be scrolled with the keyboard: a long line of code, a long list. It takes the focus itself where
 * nothing inside of it does.
 */

const SCROLLING = "pre, .choices, .people__list";
const FOCUSABLE = "a[href], button:not([hidden]), input";

/** @type {ResizeObserver | undefined} */
let sizes;

/** @param {ParentNode} root */
export function reachScrolling(root) {
  sizes ??= new ResizeObserver(resized);
  for (const element of root.querySelectorAll(SCROLLING)) sizes.observe(element);
}

/** @param {ResizeObserverEntry[]} entries once the page is laid out: to measure costs nothing here */
function resized(entries) {
  for (const { target } of entries) {
    const isScrolling = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (isScrolling && !target.querySelector(FOCUSABLE)) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
}
