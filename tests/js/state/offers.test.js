import assert from "node:assert/strict";
import { test } from "node:test";

import { messageOffers, roomOffers } from "../../../static/js/state/offers.js";
import { ALICE, BOB, arrived, message } from "../factories.js";

const MINE = message(1, { author: ALICE });
const THEIRS = message(2, { author: BOB });

const named = (offers) => Object.keys(offers).filter((name) => offers[name]);

/** The state with these values of its room, and of another one. */
function here(values = {}, other = { archived: false, kind: "open" }, phase = "open") {
  const state = arrived(1, 2);
  return {
    ...{ ...state, connection: { ...state.connection, phase } },
    rooms: { 1: { ...state.rooms[1], ...values }, ...(other ? { 2: { ...state.rooms[1], id: 2, ...other } } : {}) },
  };
}

test("what can be done with a message depends on whose it is, and on who asks", () => {
  assert.deepEqual(named(messageOffers(MINE, here(), false)), ["react", "reply", "edit", "unread", "link", "delete"]);
  assert.deepEqual(named(messageOffers(THEIRS, here(), false)), ["react", "reply", "unread", "link", "profile"]);
  assert.deepEqual(named(messageOffers(THEIRS, here(), true)), ["react", "reply", "unread", "link", "profile", "delete"]);
});

test("of a deleted message there is only its link", () => {
  for (const isAdmin of [false, true]) assert.deepEqual(named(messageOffers({ ...MINE, deleted: true }, here(), isAdmin)), ["link"]);
});

test("in an archived room a message can be taken back, and nothing else changes", () => {
  const archived = here({ archived: true });

  assert.deepEqual(named(messageOffers(MINE, archived, false)), ["link", "delete"]);
  assert.deepEqual(named(messageOffers(THEIRS, archived, false)), ["link", "profile"]);
  assert.deepEqual(named(messageOffers(THEIRS, archived, true)), ["link", "profile", "delete"]);
});

test("without a connection nothing is offered that does not wait for one", () => {
  for (const phase of ["connecting", "waiting"]) {
    assert.deepEqual(named(messageOffers(THEIRS, here({}, undefined, phase), false)), ["react", "reply", "link", "profile"]);
  }
});

test("a room is managed by who made it and by admins, while it lives", () => {
  const all = ["edit", "archive", "add", "members", "remove", "leave"];

  assert.deepEqual(named(roomOffers(here(), false)), ["add", "members", "leave"]);
  for (const [state, isAdmin] of [[here(), true], [here({ creator: ALICE.id }), false]]) assert.deepEqual(named(roomOffers(state, isAdmin)), all);
  assert.deepEqual(named(roomOffers(here({ archived: true }), true)), ["revive", "members", "leave"]);
  assert.deepEqual(named(roomOffers(here({ archived: true }), false)), ["members", "leave"]);
});

test("a direct conversation stays as it is", () => {
  assert.deepEqual(named(roomOffers(here({ kind: "direct" }), true)), []);
});

test("nobody is offered to leave their last living room, nor to archive the one where new people land", () => {
  for (const other of [null, { archived: true, kind: "open" }, { archived: false, kind: "direct" }]) {
    assert.ok(!roomOffers(here({}, other), true).leave);
  }
  assert.ok(!roomOffers(here({ forEveryone: true }), true).archive);
});
