/**
 * Where the keyboard of a phone lies over the page instead of making it smaller (Safari), the page ends above it.
 */

const LEAST_PX = 80; // what is less is no keyboard, but a bar of the browser
const MOST_ZOOM = 1.05; // whoever zooms in sees less, too, and moves about in the page

/**
 * How high the page is to be, in CSS; "": as high as it is.
 *
 * @param {{height: number, scale: number}} viewport what one sees
 * @param {number} height of the page, in pixels
 */
export function heightAbove({ height: seen, scale }, height) {
  return scale < MOST_ZOOM && height - seen > LEAST_PX ? `${Math.floor(seen)}px` : "";
}

/** @param {AbortSignal} signal */
export function keepAboveKeyboard(signal) {
  const { visualViewport: viewport } = window;
  if (!viewport) return;
  const fit = () => {
    const height = heightAbove(viewport, document.documentElement.clientHeight);
    if (height === document.body.style.blockSize) return;
    document.body.style.blockSize = height;
    if (height) window.scrollTo(0, 0); // it was moved to show the field, which is in view now
  };
  viewport.addEventListener("resize", fit, { signal });
}
