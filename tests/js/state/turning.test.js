import assert from "node:assert/strict";
import { test } from "node:test";

import { reduce } from "../../../static/js/state/reducer.js";
import { REMEMBERED, emptyRoom, isLoaded } from "../../../static/js/state/room.js";
import { isUpToDate } from "../../../static/js/state/selectors.js";
import { NOW, applied, arrived, event, hello, lobby, page, range, seqs, summary } from "../factories.js";

const PLANS = 7;
const live = (room, rev) => ({ type: "live", room, rev });
const open = (room) => ({ type: "open", room });
const inPlans = (seq, options) => ({ ...event(seq, options), room: PLANS });
const loaded = (room, ...numbers) => ({ type: "page", room, edge: "all", bound: 0, page: page(...numbers) });
const greeting = (last, values) => ({ ...hello(2), rooms: [summary(2), { ...summary(last, values), id: PLANS, name: "Plans" }] });

/** A page with the lobby open, and Plans in its list, of which nothing is loaded. */
const started = (last = 5, values = {}) => applied(arrived(1, 2), greeting(last, values), live(1, 2), live(PLANS, last));

test("a room is opened: its messages are still to come, those of the room before stay", () => {
  const state = applied(started(), open(PLANS));

  assert.equal(state.open, PLANS);
  assert.deepEqual([isLoaded(state.rooms[PLANS]), isLoaded(lobby(state))], [false, true]);
  assert.deepEqual(seqs(applied(state, open(1))), [1, 2]);
  assert.ok(isUpToDate(state));
});

test("what comes while the messages of a room are on their way is there with them", () => {
  const fetching = { type: "fetching", room: PLANS, edge: "all" };
  const state = applied(started(), open(PLANS), fetching, inPlans(6), inPlans(3, { rev: 7, text: "edited" }), loaded(PLANS, 1, 5));

  assert.deepEqual(state.rooms[PLANS].messages.map(({ seq, text }) => [seq, text]).slice(2), [
    [3, "edited"], [4, "message 4"], [5, "message 5"], [6, "message 6"],
  ]);
  assert.deepEqual([state.rooms[PLANS].atEnd, state.rooms[PLANS].lastSeq], [true, 6]);
});

test("a room without messages is loaded once its empty page came, and takes the first one", () => {
  const state = applied(started(0), open(PLANS), loaded(PLANS, 1, 0));
  assert.ok(isLoaded(state.rooms[PLANS]));

  assert.deepEqual(applied(state, inPlans(1)).rooms[PLANS].messages.map(({ seq }) => seq), [1]);
});

test("in a room seen for the first time the new line stands above what is unread, whatever was read elsewhere before", () => {
  const unread = started(5, { read: 3 });
  assert.equal(applied(unread, open(PLANS)).rooms[PLANS].newAt, 4);
  assert.equal(applied(unread, { type: "read", room: PLANS, seq: 4 }, open(PLANS)).rooms[PLANS].newAt, 5);
  assert.equal(applied(unread, { type: "read", room: PLANS, seq: 5 }, open(PLANS)).rooms[PLANS].newAt, 0);
});

test("the new line stays where it was in a room that one comes back to, until something else is new there", () => {
  const read = applied(started(5, { read: 3 }), open(PLANS), loaded(PLANS, 1, 5), { type: "read", room: PLANS, seq: 5 });
  const back = applied(read, open(1), open(PLANS));
  assert.equal(back.rooms[PLANS].newAt, 4);

  const news = applied(read, open(1), inPlans(6), open(PLANS));
  assert.equal(news.rooms[PLANS].newAt, 6);
});

test("somebody who looks at one room has not seen what comes in another", () => {
  const state = applied(started(), open(PLANS), loaded(PLANS, 1, 5), event(3));

  assert.equal(lobby(state).newAt, 3);
  assert.equal(applied(state, inPlans(6)).rooms[PLANS].newAt, 0);
});

test("what was made unread is read again when one comes back to its room", () => {
  const taken = applied(started(), { type: "taken-back", room: 1 });
  assert.ok(lobby(taken).keptUnread);

  const away = applied(taken, open(PLANS));
  assert.deepEqual([lobby(away).keptUnread, lobby(applied(away, open(1))).keptUnread], [true, false]);
});

test("a page that was on its way at the reset of a room that is not open is dropped, and one from after it counts", () => {
  const fetching = { type: "fetching", room: PLANS, edge: "all" };
  const away = applied(started(), open(PLANS), fetching, open(1), { type: "reset", room: PLANS, rev: 9 });

  const late = applied(away, loaded(PLANS, 1, 5));
  assert.deepEqual([isLoaded(late.rooms[PLANS]), late.rooms[PLANS].loading.all], [false, "idle"]);
  assert.ok(isLoaded(applied(late, fetching, { ...loaded(PLANS, 1, 5), page: { ...page(1, 5), last_rev: 9 } }).rooms[PLANS]));
});

test("a room that is not open forgets its messages at a reset, and its stream goes on", () => {
  const state = applied(started(), open(PLANS), { type: "reset", room: 1, rev: 9 });
  assert.deepEqual([isLoaded(lobby(state)), lobby(state).phase, lobby(state).cursor], [false, "live", 9]);

  assert.equal(applied(state, event(10)).rooms[1].cursor, 10);
});

test("of rooms seen long ago only the names stay", () => {
  const ids = range(10, 10 + REMEMBERED);
  const empty = emptyRoom(summary(2));
  let state = { ...started(), rooms: { ...started().rooms, ...Object.fromEntries(ids.map((id) => [id, { ...empty, id }])) } };

  ids.forEach((id, minute) => (state = [open(id), loaded(id, 1, 2)].reduce((next, action) => reduce(next, action, NOW + minute), state)));

  assert.deepEqual([1, ...ids].filter((id) => !isLoaded(state.rooms[id])), [1]);
});

test("what could not be loaded may be asked for again over a new connection", () => {
  const failed = applied(started(), open(PLANS), { type: "fetch-failed", room: PLANS, edge: "all" });
  const waiting = applied(started(), open(PLANS), { type: "fetching", room: PLANS, edge: "all" });

  assert.equal(applied(failed, greeting(5)).rooms[PLANS].loading.all, "idle");
  assert.equal(applied(waiting, greeting(5)).rooms[PLANS].loading.all, "loading");
});
