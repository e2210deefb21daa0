/**
 * The page where there is no network: the rooms and messages that this browser has kept, and since when. What is typed
 * there is a draft of the room. The service worker answers with it for every page (worker/pages.js).
 *
 * @import {KeptList, KeptRoom} from './kept/entries.js'
 * @import {State} from './state/types.js'
 */

import { Draft } from "./composer/drafts.js";
import { momentLabel, timeLabel, dayOf } from "./lib/calendar.js";
import { byId, setText, within } from "./lib/dom.js";
import { readKept } from "./kept/cache.js";
import { browserStorage, tabStorage } from "./page/browser.js";
import { Drawer } from "./page/drawer.js";
import { Sidebar, windowTitle } from "./rooms/sidebar.js";
import { LIST, pathOfRoom, stateOf } from "./kept/entries.js";
import { titleOf } from "./state/room.js";
import { uuid } from "./sync/protocol.js";
import { Shelf } from "./sync/unsent-storage.js";
import { timeline } from "./timeline/grouping.js";
import { LogView } from "./timeline/log-view.js";

const TRY_MS = 5_000;
const ANSWER_MS = 15_000;
const COMES_MS = 60_000; // that a page may take: to load it once more would begin anew
const line = within(byId("connection", HTMLElement), ".connection__sentence");
const text = byId("text", HTMLTextAreaElement);

let told = "";

/** Why there is nothing newer, which may change while one looks, and what there is. @param {string} rest */
function say(rest) {
  told = rest;
  setText(line, `${navigator.onLine ? "The chat cannot be reached" : "You are offline"}: ${rest}`);
}

/** @param {number} time milliseconds */
function moment(time) {
  const now = Date.now();
  return dayOf(time) === dayOf(now) ? timeLabel(time) : momentLabel(time, now);
}

/** The room that the address names; of pages that are none: 0. @param {number} first where one was last */
function roomAsked(first) {
  if (location.pathname === "/") return first;
  return Number(/^\/rooms\/(\d+)/.exec(location.pathname)?.[1] ?? 0);
}

async function show() {
  /** @type {KeptList | null} */
  const list = await readKept(LIST, Date.now()).catch(() => null);
  if (!list) return say("this page comes when the network is back.");
  const open = roomAsked(list.open);
  const isListed = list.rooms.some(({ id }) => id === open);
  /** @type {KeptRoom | null} */
  const kept = isListed ? await readKept(pathOfRoom(open), Date.now()) : null;
  showList(list, stateOf(list, kept, open));
  if (isListed) showRoom(stateOf(list, kept, open));
  if (kept) say(`this is what was here at ${moment(kept.at)}.`);
  else say(`${isListed ? "nothing of this room is kept in this browser" : "this page comes when the network is back"}.`);
}

/**
 * @param {KeptList} list
 * @param {State} state
 */
function showList({ brand, me, sheet }, state) {
  const blocked = new CSSStyleSheet();
  blocked.replaceSync(sheet);
  document.adoptedStyleSheets.push(blocked);
  document.title = state.rooms[state.open] ? windowTitle(state, brand) : brand;
  setText(byId("brand", HTMLElement), brand);
  setText(byId("mark", HTMLElement), brand.slice(0, 1).toUpperCase());
  setText(byId("me", HTMLElement), me.name);
  new Sidebar().render(state);
  document.querySelector(`.rooms__item[data-room-id="${state.open}"] a`)?.setAttribute("aria-current", "page");
  new Drawer(new AbortController().signal).render(state);
}

/** @param {State} state */
function showRoom(state) {
  const room = state.rooms[state.open];
  const title = titleOf(room, state.me);
  setText(byId("title", HTMLElement), title);
  setText(byId("topic", HTMLElement), room.topic);
  new LogView(byId("log", HTMLElement)).render(timeline(state, room, Date.now()));
  if (!room.archived) write(state, title);
}

/**
 * @param {State} state
 * @param {string} title of the room
 */
function write({ me, open }, title) {
  const place = `draft:${me.id}:${open}`;
  const shelf = new Shelf(browserStorage(), place);
  const draft = new Draft({ place, shelf, tab: tabStorage(), uuid: () => uuid(), now: () => Date.now() });
  text.value = draft.take().text;
  text.setAttribute("aria-label", `Message to ${title}`);
  text.addEventListener("input", () => draft.change({ text: text.value }));
  byId("composer", HTMLElement).hidden = false;
}

let loadedAt = -COMES_MS;

/** The page comes anew once the server answers, and is not asked for again while it is on its way. */
async function tryNow() {
  const isComing = () => performance.now() < loadedAt + COMES_MS;
  if (isComing()) return;
  const answered = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null);
  if (!answered?.ok || isComing()) return;
  loadedAt = performance.now();
  location.reload();
}

byId("try-now", HTMLElement).addEventListener("click", tryNow);
window.addEventListener("online", tryNow);
for (const change of ["online", "offline"]) window.addEventListener(change, () => told && say(told));
setInterval(tryNow, TRY_MS);
show();
