/**
 * The page of one's notifications: switches them on and off in this browser. Nothing is asked of the browser before.
 */

import { byId, setText, within } from "../lib/dom.js";
import { Api, Refusal } from "../sync/api.js";
import { placeOf, subscribe } from "./subscribing.js";

const SENTENCES = {
  off: "",
  push: "They are on in this browser.",
  pages: "They are on while a page is open: this browser has no push service.",
};
const NEEDS_HTTPS = "This browser shows notifications only where the address begins with https.";
const HAS_NONE = "This browser has no notifications. On an iPhone or iPad, add this page to the home screen first.";
const DENIED = "This browser does not allow it. Allow notifications in its settings for this page, then try again.";
const FAILED = "The chat cannot be reached right now. Try again in a moment.";

const panel = byId("notices", HTMLElement);
const on = byId("notices-on", HTMLElement);
const off = byId("notices-off", HTMLElement);
const buttons = [on, off].map((place) => /** @type {HTMLButtonElement} */ (within(place, "button")));
const refusal = byId("notices-refusal", HTMLElement);
const sentence = byId("notices-state", HTMLElement);

const { user = "", csrfToken = "", key = "", state = "off" } = panel.dataset;
const place = placeOf(user);
const { ask } = new Api(csrfToken);

async function allowed() {
  if (!isSecureContext) throw new Refusal("", NEEDS_HTTPS);
  if (!("Notification" in window) || !("serviceWorker" in navigator)) throw new Refusal("", HAS_NONE);
  if ((await Notification.requestPermission()) !== "granted") throw new Refusal("", DENIED);
}

async function switchOn() {
  await allowed();
  const hasPush = await subscribe(ask, key);
  localStorage.setItem(place, "on");
  show(hasPush ? "push" : "pages");
}

async function switchOff() {
  await ask("DELETE", "/api/notices/browser", {});
  localStorage.removeItem(place);
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager.getSubscription().catch(() => null);
  await subscription?.unsubscribe();
  show("off");
}

/** @param {keyof SENTENCES} now */
function show(now) {
  on.hidden = now !== "off";
  off.hidden = now === "off";
  setText(sentence, SENTENCES[now]);
}

/** @param {() => Promise<void>} change */
async function attempt(change) {
  refusal.hidden = true;
  for (const button of buttons) button.disabled = true;
  try {
    await change();
  } catch (error) {
    setText(refusal, error instanceof Refusal ? error.message : FAILED);
    refusal.hidden = false;
  }
  for (const button of buttons) button.disabled = false;
}

for (const [n, change] of [switchOn, switchOff].entries()) buttons[n].addEventListener("click", () => attempt(change));
for (const time of document.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleString();
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const input of document.querySelectorAll("input[name=zone]")) if (input instanceof HTMLInputElement) input.value = zone;
show(/** @type {keyof SENTENCES} */ (state));
