/**
 * That a message was edited, and when, or deleted.
 *
 * @import {Carried} from '../../state/types.js'
 */

import { wholeLabel } from "../../lib/calendar.js";
import { within } from "../../lib/dom.js";

/**
 * @param {HTMLElement} message
 * @param {Carried} carried
 */
export function fillChanged(message, { deleted, edited }) {
  message.toggleAttribute("data-deleted", Boolean(deleted));
  message.toggleAttribute("data-edited", Boolean(edited));
  within(message, ".message__text").title = edited ? `Edited ${wholeLabel(Date.parse(edited))}` : "";
}
