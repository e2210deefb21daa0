/**
 * From room to room by keys, in the order of the sidebar (Alt ↑/↓; with Shift only to those with something unread that
 * is not muted).
 */

const ROOMS = "#sidebar .rooms__item:not([hidden]) > .rooms__room";
const CALLING = ":not([data-level=muted]) > :has(.rooms__unread:not([hidden]), .rooms__mentions:not([hidden]))";

/**
 * @param {1 | -1} direction
 * @param {boolean} onlyUnread
 */
export function walk(direction, onlyUnread) {
  const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(ROOMS)]);
  const here = links.findIndex((link) => link.ariaCurrent);
  for (let step = 1; step < links.length; step += 1) {
    const link = links[(here + direction * step + links.length * 2) % links.length];
    if (onlyUnread && !link.matches(CALLING)) continue;
    link.click();
    return;
  }
}
