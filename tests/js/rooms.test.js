import assert from "node:assert/strict";
import { test } from "node:test";

import { titleOf } from "../../static/js/room.js";
import { windowTitle } from "../../static/js/sidebar.js";
import { isUpToDate } from "../../static/js/state.js";
import { ALICE, BOB, EPOCH, applied, arrived, event, hello, lobby, seqs, summary } from "./factories.js";

const CAROL = { id: 5, login: "carol", name: "Carol" };
const room = (values = {}) => ({ type: "room", ...summary(5), id: 7, name: "Plans", ...values });
const direct = (...others) => room({ id: 8, kind: "direct", name: "", people: [ALICE, ...others] });
const live = (id, rev) => ({ type: "live", room: id, rev });

test("a room that was joined is listed, followed from where it is, and has nothing unread", () => {
  const state = applied(arrived(1, 2), hello(2), live(1, 2), room(), live(7, 5), event(6, { rev: 6 }), { ...event(6), room: 7 });

  assert.equal(state.rooms[7].phase, "live");
  assert.deepEqual([state.rooms[7].cursor, state.rooms[7].lastSeq, state.rooms[7].readSeq], [6, 6, 5]);
  assert.equal(lobby(state).cursor, 6);
});

test("a change of the open room keeps its messages, its place in the stream and what was read", () => {
  const before = applied(arrived(1, 2), hello(2), live(1, 2));
  const state = applied(before, { ...room({ name: "Hall", topic: "Mind the step", archived: true }), id: 1, read_seq: 0, last_rev: 9 });

  assert.deepEqual([lobby(state).name, lobby(state).topic, lobby(state).archived], ["Hall", "Mind the step", true]);
  assert.deepEqual(seqs(state), [1, 2]);
  assert.deepEqual([lobby(state).cursor, lobby(state).readSeq, lobby(state).phase], [2, 2, "live"]);
  assert.ok(isUpToDate(state));
});

test("applying the same change again changes nothing", () => {
  const once = applied(arrived(1, 2), hello(2), room(), live(7, 5), direct(BOB));

  assert.deepEqual(applied(once, room(), direct(BOB)), once);
});

test("a room that was left is gone; leaving it again changes nothing", () => {
  const joined = applied(arrived(1, 2), hello(2), live(1, 2), room());
  const state = applied(joined, { type: "left", room: 7 });

  assert.deepEqual(Object.keys(state.rooms), ["1"]);
  assert.equal(applied(state, { type: "left", room: 7 }), state);
  assert.equal(state.epoch, EPOCH);
});

test("the open room stays until the page is left", () => {
  const state = applied(arrived(1, 2), hello(2), { type: "left", room: 1 });

  assert.deepEqual(seqs(state), [1, 2]);
});

test("a room that comes with hello after it was made elsewhere keeps who it is for", () => {
  const { type: _, ...listed } = direct(BOB, CAROL);
  const state = applied(arrived(1, 2), { ...hello(2), rooms: [summary(2), listed] });

  assert.equal(titleOf(state.rooms[8], ALICE), "Bob, Carol");
  assert.equal(titleOf(state.rooms[8], BOB), "Alice, Carol");
  assert.equal(titleOf(lobby(state), ALICE), "Lobby");
});

test("the title of the window counts what is unread, but not in archived rooms", () => {
  const unread = applied(arrived(1, 2), hello(2), room({ read_seq: 3 }));

  assert.equal(windowTitle(unread, "Parley"), "(2) Lobby · Parley");
  assert.equal(windowTitle(applied(unread, room({ archived: true })), "Parley"), "Lobby · Parley");
});
