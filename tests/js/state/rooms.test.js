import assert from "node:assert/strict";
import { test } from "node:test";

import { badges, calling, callingIn } from "../../../static/js/state/badges.js";
import { titleOf } from "../../../static/js/state/room.js";
import { windowTitle } from "../../../static/js/rooms/sidebar.js";
import { isUpToDate } from "../../../static/js/state/selectors.js";
import { ALICE, BOB, EPOCH, applied, arrived, event, hello, lobby, seqs, summary } from "../factories.js";

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

test("a room keeps its messages for as many days as the last event says, or for ever", () => {
  const once = applied(arrived(1, 2), hello(2), room({ retention_days: 30 }));

  assert.equal(lobby(once).retentionDays, 0);
  assert.equal(once.rooms[7].retentionDays, 30);
  assert.equal(applied(once, room()).rooms[7].retentionDays, 0);
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

const level = (name, id = 7) => ({ type: "level", room: id, level: name });
const called = (seq) => ({ ...event(seq, { rev: seq, mentions: [ALICE.id] }), room: 7 });

/** Plans with three messages unread, of which one mentions Alice, at a level. */
const plans = (...actions) => applied(arrived(1, 2), hello(2), live(1, 2), room({ read_seq: 3 }), live(7, 5), called(6), ...actions);

test("a level says what of the same unread messages is counted beside the room's name and in the title", () => {
  const counts = (state) => [badges(state.rooms[7]), calling(state.rooms[7]), callingIn(state), windowTitle(state, "Parley")];

  assert.deepEqual(counts(plans()), [{ unread: 3, mentions: 1 }, 3, 3, "(3) Lobby · Parley"]);
  assert.deepEqual(counts(plans(level("mentions"))), [{ unread: 0, mentions: 1 }, 1, 1, "(1) Lobby · Parley"]);
  assert.deepEqual(counts(plans(level("muted"))), [{ unread: 0, mentions: 1 }, 0, 0, "Lobby · Parley"]);
  assert.deepEqual(counts(plans(level("muted"), level("all"))), counts(plans()));
});

test("a room at mentions calls nobody until somebody is mentioned, and once it is read no longer", () => {
  const quiet = applied(arrived(1, 2), hello(2), room({ read_seq: 3, level: "mentions" }));

  assert.deepEqual([calling(quiet.rooms[7]), calling(applied(quiet, called(6)).rooms[7])], [0, 1]);
  assert.equal(calling(applied(quiet, called(6), { type: "read", room: 7, seq: 6 }).rooms[7]), 0);
});

test("a level changes nothing of what is read, and hearing it again changes nothing", () => {
  const once = plans(level("muted"));

  assert.deepEqual({ ...once.rooms[7], level: "all" }, plans().rooms[7]);
  assert.equal(applied(once, level("muted")), once);
  assert.equal(applied(once, level("muted", 99)), once);
});

test("hello and a room that was joined have the level, a change of the room has not", () => {
  const greeting = (values) => ({ ...hello(2), rooms: [{ ...summary(2), ...values }] });
  const muted = applied(arrived(1, 2), greeting({ level: "muted" }), room({ level: "mentions" }));

  assert.deepEqual([lobby(muted).level, muted.rooms[7].level], ["muted", "mentions"]);
  assert.equal(applied(muted, room({ name: "Dreams" })).rooms[7].level, "mentions");
  assert.equal(lobby(applied(muted, greeting({}))).level, "all");
});
