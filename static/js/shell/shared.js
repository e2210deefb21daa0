/** Puts what another app shared into the composer: it stands there as if it had been typed and chosen, not sent. */

import { byId } from "../lib/dom.js";
import { dropShared, sharedFor } from "../kept/shared.js";

export const MARK = "#shared";

/**
 * Once, on the page that the choice of a room led to.
 *
 * @param {number} user
 */
export async function writeShared(user) {
  if (location.hash !== MARK) return;
  history.replaceState(history.state, "", location.pathname);
  const shared = await sharedFor(user);
  if (!shared) return;
  await dropShared();
  const text = byId("text", HTMLTextAreaElement);
  text.value = [text.value, shared.text].filter(Boolean).join("\n");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  choose(shared.files);
}

/** @param {File[]} files */
function choose(files) {
  if (files.length === 0) return;
  const input = byId("files", HTMLInputElement);
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
