/**
 * How a picture is looked at: how much larger than it fits, and how far its middle is from that of the stage. Pure.
 *
 * @typedef {{scale: number, x: number, y: number}} View pixels of the page
 * @typedef {{width: number, height: number}} Size
 */

const LEAST_MOST = 4;
const OVER_NATURAL = 2;

/** @type {View} */
export const WHOLE = { scale: 1, x: 0, y: 0 };

/**
 * The size in which a picture is whole on the stage; never larger than it is.
 *
 * @param {Size} picture
 * @param {Size} stage
 * @returns {Size}
 */
export function fitted({ height, width }, stage) {
  const scale = Math.min(1, stage.width / width, stage.height / height);
  return { width: width * scale, height: height * scale };
}

/**
 * Larger or smaller by a factor; the point that is pointed at stays where it is.
 *
 * @param {View} view
 * @param {number} factor
 * @param {{x: number, y: number}} point from the middle of the stage
 * @param {{picture: Size, stage: Size}} sizes
 * @returns {View}
 */
export function zoomed({ scale, x, y }, factor, point, sizes) {
  const fit = fitted(sizes.picture, sizes.stage);
  const most = Math.max(LEAST_MOST, (OVER_NATURAL * sizes.picture.width) / fit.width);
  const next = Math.min(most, Math.max(1, scale * factor));
  const by = next / scale;
  return held({ scale: next, x: point.x - (point.x - x) * by, y: point.y - (point.y - y) * by }, sizes);
}

/**
 * No further aside than its edges reach.
 *
 * @param {View} view
 * @param {{picture: Size, stage: Size}} sizes
 * @returns {View}
 */
export function held({ scale, x, y }, { picture, stage }) {
  const fit = fitted(picture, stage);
  const [wide, high] = [(fit.width * scale - stage.width) / 2, (fit.height * scale - stage.height) / 2];
  return { scale, x: within(x, Math.max(0, wide)), y: within(y, Math.max(0, high)) };
}

/**
 * @param {number} value
 * @param {number} most
 */
function within(value, most) {
  return Math.min(most, Math.max(-most, value));
}
