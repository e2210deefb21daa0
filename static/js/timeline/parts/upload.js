/**
 * How much of the files of one's own message is on the server, while they are on their way; and a way to call it off.
 *
 * @import {Carried} from '../../state/types.js'
 */

import { clone, setText, within } from "../../lib/dom.js";

/**
 * @param {HTMLElement} message
 * @param {Carried} carried
 */
export function fillUpload(message, { files = [] }) {
  const shown = message.querySelector(".upload");
  const isOnItsWay = message.dataset.status !== "sent" && message.dataset.status !== "failed" && files.length > 0;
  if (!isOnItsWay) {
    shown?.remove();
    return;
  }
  const element = shown instanceof HTMLElement ? shown : clone("upload-template");
  if (!shown) within(message, ".files").after(element);
  const share = shareOf(files);
  within(element, ".upload__bar").setAttribute("value", String(share));
  setText(within(element, ".upload__share"), `${Math.floor(share * 100)} %`);
}

/** @param {{size: number, sent?: number, whole?: boolean}[]} files */
function shareOf(files) {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const sent = files.reduce((sum, { sent: each = 0, size, whole }) => sum + (whole ? size : Math.min(each, size)), 0);
  return all === 0 ? 1 : sent / all;
}
