/**
 * The service worker of this site: shows notices, pages where there is no network, and takes what other apps share.
 */

import { forgetKept } from "../kept/cache.js";
import { inTurn } from "../kept/shown.js";
import { forgetNotices, openPlace, show } from "./notices.js";
import { answer, dropOldShells, fetchShell } from "./pages.js";
import { dropShared } from "../kept/shared.js";
import { takeShared } from "./sharing.js";

// Whoever sees one of these is logged out, or about to be: nothing of who was here before may be left.
const FORGETS = ["/login", "/signin", "/signout"];

/** @param {Request} request */
async function forget({ method, url }) {
  navigator.clearAppBadge?.().catch(() => null); // the number on the icon is theirs, too
  await forgetKept();
  if (method !== "POST" || new URL(url).pathname !== "/signout") return;
  await dropShared();
  await forgetNotices();
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fetchShell());
});
addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells().then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate" && FORGETS.includes(pathname)) event.waitUntil(forget(request));
  const given = request.method === "POST" && pathname === "/share" ? takeShared(request) : answer(request);
  if (given) event.respondWith(given);
});
addEventListener("push", (event) => {
  const notice = event.data.json();
  event.waitUntil(inTurn(() => show(notice, !notice.sound)));
});
addEventListener("message", (event) => {
  // the page makes the sound itself: one tab of all, which is the first
  event.waitUntil(inTurn(async () => event.ports[0].postMessage(await show(event.data, true))));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPlace(event.notification.data.path));
});
