/**
 * How a file is written on a page: where it is, what it is called, how large it is. `app/base/file_labels.py` is the twin;
 * `tests/files.json` holds them together. Pure.
 */

const [WIDEST_PX, HIGHEST_PX, SMALLEST_PX] = [420, 320, 44];
const ENDING = /\.([A-Za-z0-9]{1,5})$/;
const UNITS = ["KB", "MB", "GB"];

/** @param {{id: string, name: string, size: number, kind: string, width?: number, height?: number}} file */
export function fileLabels({ height, id, kind, name, size, width }) {
  const ending = ENDING.exec(name);
  const stem = ending ? name.slice(0, ending.index) : name;
  return {
    ...{ path: `/files/${id}/${encodeURIComponent(name)}`, stem, ending: name.slice(stem.length) },
    ...{ sign: (ending?.[1] ?? kind).toUpperCase(), size: sizeLabel(size) },
    ...boxOf(width || WIDEST_PX, height || HIGHEST_PX),
  };
}

/** @param {number} size bytes */
export function sizeLabel(size) {
  if (size < 1024) return `${size} B`;
  let steps = 0;
  let tenths = Math.floor((size * 10) / 1024);
  for (; tenths >= 10_240 && steps < UNITS.length - 1; steps += 1) tenths = Math.floor(tenths / 1024);
  return `${tenths < 100 ? (tenths / 10).toFixed(1) : Math.floor(tenths / 10)} ${UNITS[steps]}`;
}

/**
 * The space of a picture that stands alone: it is never larger than itself, and never too small to be met.
 *
 * @param {number} width
 * @param {number} height
 */
function boxOf(width, height) {
  const scale = Math.min(1, WIDEST_PX / width, HIGHEST_PX / height);
  return { width: atLeast(width * scale), height: atLeast(height * scale) };
}

/** @param {number} px */
function atLeast(px) {
  return Math.max(SMALLEST_PX, Math.floor(px + 0.5));
}
