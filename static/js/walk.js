/**
 * From room to room by keys, in the order of the sidebar (Alt ↑/↓; with Shift only to those with something unread).
 */

/**
 * @param {1 | -1} direction
 * @param {boolean} onlyUnread
 */
export function walk(direction, onlyUnread) {
  const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#sidebar .rooms__room")]);
  const here = links.findIndex((link) => link.ariaCurrent);
  for (let step = 1; step < links.length; step += 1) {
    const link = links[(here + direction * step + links.length * 2) % links.length];
    const hasUnread = link.querySelector(".rooms__unread:not([hidden])");
    if (onlyUnread && !hasUnread) continue;
    link.click();
    return;
  }
}
