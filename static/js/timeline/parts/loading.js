/**
 * What comes of a file only when it is near: pictures, with a few blurred pixels before, and what a player needs to begin.
 *
 * @import {SharedFile} from '../../state/message.js'
 */

/** @type {IntersectionObserver | null} */
let near = null;

/**
 * Shows a picture from an address, unless it is shown already; "": it cannot come yet.
 *
 * @param {HTMLElement} element around it
 * @param {HTMLImageElement} image
 * @param {string} address
 * @param {string} [placeholder]
 */
export function load(element, image, address, placeholder) {
  image.onload = () => loaded(element);
  image.onerror = () => element.toggleAttribute("data-broken", true);
  if (!image.hasAttribute("src")) {
    if (placeholder && !element.querySelector(".picture__placeholder")) element.prepend(blurred(placeholder));
    if (address) image.src = address;
  }
  if (image.complete && image.naturalWidth > 0) loaded(element);
}

/**
 * Loads once more what the network lost.
 *
 * @param {HTMLElement} log
 */
export function loadAgain(log) {
  for (const element of log.querySelectorAll(".picture[data-broken]")) {
    const image = /** @type {HTMLImageElement} */ (element.querySelector(".picture__image"));
    element.removeAttribute("data-broken");
    image.src = image.getAttribute("src") ?? ""; // the same address, asked for anew
  }
}

/**
 * A video or a sound, which says how long it is once it is near.
 *
 * @param {HTMLMediaElement} player
 * @param {SharedFile} file
 * @param {string} address
 */
export function offer(player, { alt, name }, address) {
  player.setAttribute("aria-label", alt || name);
  if (!player.hasAttribute("src")) player.src = address;
  if (player.preload !== "none") return;
  near ??= new IntersectionObserver((entries) => entries.forEach(arrived), { rootMargin: "50%" });
  near.observe(player);
}

/** @param {IntersectionObserverEntry} entry */
function arrived({ isIntersecting, target }) {
  if (!isIntersecting) return;
  near?.unobserve(target);
  /** @type {HTMLMediaElement} */ (target).preload = "metadata";
}

/** @param {HTMLElement} element */
function loaded(element) {
  element.removeAttribute("data-broken");
  element.querySelector(".picture__placeholder")?.remove(); // it would shine through
}

/** @param {string} placeholder */
function blurred(placeholder) {
  const image = document.createElement("img");
  return Object.assign(image, { className: "picture__placeholder", src: `data:image/webp;base64,${placeholder}`, alt: "" });
}
