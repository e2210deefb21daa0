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

const asAdmin = (state) => ({ ...state, isAdmin: true });

test("what can be done with a message depends on whose it is, and on who asks", () => {
  assert.deepEqual(named(messageOffers(MINE, here())), ["react", "reply", "edit", "hide", "unread", "link", "delete"]);
  assert.deepEqual(named(messageOffers(THEIRS, here())), ["react", "reply", "unread", "link", "profile", "report"]);
  assert.deepEqual(named(messageOffers(THEIRS, asAdmin(here()))), ["react", "reply", "unread", "link", "profile", "report", "delete"]);
});

test("of a deleted message there is only its link", () => {
  for (const state of [here(), asAdmin(here())]) assert.deepEqual(named(messageOffers({ ...MINE, deleted: true }, state)), ["link"]);
});

test("in an archived room a message can be taken back, and nothing else changes", () => {
  const archived = here({ archived: true });

  assert.deepEqual(named(messageOffers(MINE, archived)), ["link", "delete"]);
  assert.deepEqual(named(messageOffers(THEIRS, archived)), ["link", "profile", "report"]);
  assert.deepEqual(named(messageOffers(THEIRS, asAdmin(archived))), ["link", "profile", "report", "delete"]);
});

test("without a connection nothing is offered that does not wait for one", () => {
  for (const phase of ["connecting", "waiting"]) {
    assert.deepEqual(named(messageOffers(THEIRS, here({}, undefined, phase))), ["react", "reply", "link", "profile", "report"]);
  }
});

test("a room is managed by who made it and by admins, while it lives", () => {
  const all = ["edit", "archive", "add", "members", "remove", "leave"];

  assert.deepEqual(named(roomOffers(here())), ["add", "members", "leave"]);
  for (const state of [asAdmin(here()), here({ creator: ALICE.id })]) assert.deepEqual(named(roomOffers(state)), all);
  assert.deepEqual(named(roomOffers(asAdmin(here({ archived: true })))), ["revive", "members", "leave"]);
  assert.deepEqual(named(roomOffers(here({ archived: true }))), ["members", "leave"]);
});

test("a direct conversation is hidden, and nothing else changes it", () => {
  assert.deepEqual(named(roomOffers(asAdmin(here({ kind: "direct" })))), ["leave"]);
});

test("nobody is offered to leave their last living room, nor to archive the one where new people land", () => {
  for (const other of [null, { archived: true, kind: "open" }, { archived: false, kind: "direct" }]) {
    assert.ok(!roomOffers(asAdmin(here({}, other))).leave);
  }
  assert.ok(!roomOffers(asAdmin(here({ forEveryone: true }))).archive);
});
