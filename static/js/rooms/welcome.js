/**
 * The invitation at the beginning of a room: the address that others need.
 */

import { byId, copy, setText, within } from "../lib/dom.js";

export function showInvitation() {
  if (!document.getElementById("copy-address")) return; // by invitation only: the address alone lets nobody in
  const welcome = byId("welcome", HTMLElement);
  const button = byId("copy-address", HTMLButtonElement);
  setText(within(welcome, ".welcome__address"), location.origin);
  within(welcome, ".welcome__invite").hidden = false;
  button.addEventListener("click", async () => {
    await copy(location.origin);
    setText(button, "Copied");
  });
}
