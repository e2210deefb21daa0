/**
 * What fingers do that a mouse does not: they tap without pointing first, and swipe.
 */

const COARSE = matchMedia("(pointer: coarse)");
const SWIPE_PX = 60;

/**
 * Whether a finger made this click. Older browsers do not say so; there the screen decides.
 *
 * @param {MouseEvent} event
 */
export function isTap(event) {
  const type = "pointerType" in event ? event.pointerType : "";
  return type ? type === "touch" : COARSE.matches;
}

/**
 * Calls `swiped` with where a swipe began and which way it went: 1 as one reads, -1 back. One that goes more up or down
 * than aside is none.
 *
 * @param {(from: Touch, direction: 1 | -1) => void} swiped
 * @param {AbortSignal} signal
 */
export function onSwipe(swiped, signal) {
  /** @type {Touch | null} */
  let from = null;
  document.addEventListener("touchstart", ({ touches }) => {
    from = touches.length === 1 ? touches[0] : null;
  }, { signal, passive: true });
  document.addEventListener("touchend", ({ changedTouches: [to] }) => {
    if (!from || from.identifier !== to.identifier) return;
    const [aside, along] = [to.clientX - from.clientX, to.clientY - from.clientY];
    if (Math.abs(aside) < SWIPE_PX || Math.abs(aside) < 2 * Math.abs(along)) return;
    const isForward = aside > 0 === (document.dir !== "rtl");
    swiped(from, isForward ? 1 : -1);
  }, { signal, passive: true });
}
