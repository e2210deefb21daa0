/**
 * A file that somebody chose to send, and how it is kept. Pure.
 *
 * @import {Chosen} from './types.js'
 */

import { count, shape, text, uuid4 } from "../lib/shape.js";

/** Whether what was kept is one. */
export const isChosen = shape({ id: uuid4, name: text, size: count, type: text, kind: text, alt: text });

/** Whether what was kept is a file in the tray of a room. */
export const isInTray = shape({ room: count, file: isChosen });

/**
 * A file without what holds for one page alone: how much of it is sent is asked again by the page that takes it up.
 *
 * @param {Chosen} file
 * @returns {Chosen}
 */
export function keepable({ local, sent, whole, ...file }) {
  return file;
}
