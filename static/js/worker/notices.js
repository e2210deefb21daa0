/**
 * Shows notices, each once: those that a push service brings, and those that the open pages of this browser hand over.
 * So several tabs, and a push beside them, show one. It keeps nothing of the chat but how far each room was shown.
 *
 * @import {Notice} from '../state/types.js'
 */

import { closeShown, inTurn } from "../kept/shown.js";

const KEPT = "notices";
const CHAT = /^\/(?:$|rooms\/)/; // where one came in: a page that turns has other addresses later
const ANSWER_MS = 3_000;

/**
 * The last notice of a room: survives the end of this worker, and goes when somebody signs out.
 *
 * @param {Notice} notice
 */
async function isNew({ room, seq, time }) {
  const kept = await caches.open(KEPT);
  const place = new URL(`/notices/${room}`, location.href).href;
  const last = await (await kept.match(place))?.json();
  if (last && (time < last.time || (time === last.time && seq <= last.seq))) return false;
  await kept.put(place, Response.json({ seq, time }));
  return true;
}

/**
 * Whether it had not come before. Where somebody has a page before their eyes, that page is enough.
 *
 * @param {Notice} notice
 * @param {boolean} silent
 */
export async function show(notice, silent) {
  if (!(await isNew(notice))) return false;
  const { room, seq, title, body, path, time } = notice;
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.some((page) => page.focused)) return true;
  const looks = { timestamp: time, dir: "auto", silent, tag: `room-${room}`, renotify: true };
  await registration.showNotification(title, { ...looks, body, data: { room, seq, path } });
  return true;
}

/**
 * Opens the place in a page that is open, which need not load where it has the room; else in a new one.
 *
 * @param {string} path
 */
export async function openPlace(path) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => CHAT.test(new URL(url).pathname)) ?? pages[0];
  try {
    await page.focus().catch(() => null); // where it may not, the page is still led there
    if (!(await turns(page, path))) await page.navigate(path);
  } catch {
    await clients.openWindow(path); // there is none, or none that may be led
  }
}

/**
 * Whether a page of the chat turns to a place by itself (page/going.js). One that does not answer is led there.
 *
 * @param {WindowClient} page
 * @param {string} path
 */
function turns(page, path) {
  if (!CHAT.test(new URL(page.url).pathname)) return false;
  const { port1, port2 } = new MessageChannel();
  page.postMessage(path, [port2]);
  return new Promise((done) => {
    port1.onmessage = ({ data }) => done(data);
    setTimeout(() => done(false), ANSWER_MS);
  });
}

/** Takes back those that are shown, and forgets which were. */
export function forgetNotices() {
  return inTurn(async () => {
    await closeShown(registration, () => true);
    await caches.delete(KEPT);
  });
}
