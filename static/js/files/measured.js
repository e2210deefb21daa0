/**
 * Pictures as this browser shows them, before the server has judged them.
 */

const SHOWABLE = /^image\/(jpeg|png|gif|webp|avif)$/;

/**
 * Whether a type is one that browsers and the server show as a picture.
 *
 * @param {string} type
 */
export function isShowable(type) {
  return SHOWABLE.test(type);
}

/**
 * How large the picture at an address is, in pixels, turned as it is shown; null: it is none.
 *
 * @param {string} address
 * @returns {Promise<{width: number, height: number} | null>}
 */
export function sizeOf(address) {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => resolve(null);
    image.src = address;
  });
}
