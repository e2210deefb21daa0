/** The page that asks for the room of what another app shared: says what that is, and drops it where one does not want to. */

import { byId, sentence } from "./lib/dom.js";
import { dropShared, sharedFor } from "./kept/shared.js";

const MOST_CHARS = 200;
const line = byId("share-state", HTMLElement);
const choice = byId("share-choice", HTMLElement);

/** @param {{text: string, files: File[]}} shared */
function words({ text, files }) {
  const beginning = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
  return [beginning, ...files.map(({ name }) => name)].filter(Boolean).join(", ");
}

async function show() {
  const shared = "caches" in window ? await sharedFor(Number(line.dataset.user)) : null;
  if (!shared) return;
  line.replaceChildren(...sentence`You share: ${words(shared)}`);
  choice.hidden = false;
}

byId("share-drop", HTMLElement).addEventListener("click", async () => {
  await dropShared();
  location.assign("/");
});
show();
