import assert from "node:assert/strict";
import { test } from "node:test";

import { Places, lastRoom } from "../../../static/js/timeline/places.js";
import { FakeStorage } from "../fakes.js";

const ORIGIN = "https://chat.example";
const PLACE = { seq: 40, bottom: 123.5 };
let made = 0;

/** A tab: its storage, and the entries of its history, each with a state. */
function openTab() {
  const tab = new FakeStorage().tab();
  const visit = (room, { entry, from = "", isLink = !entry } = {}) => {
    entry ??= { state: null };
    const history = { get state() { return entry.state; }, replaceState: (state) => (entry.state = state) };
    const places = new Places({ tab, history, uuid: () => `entry ${++made}`, address: { origin: ORIGIN, referrer: from && ORIGIN + from, isLink } }, room);
    return { entry, places, here: places.here };
  };
  return { tab, visit };
}

test("a place is found again by the entry of the history, and by no other", () => {
  const { visit } = openTab();
  const first = visit(1);
  assert.equal(first.here, null);
  first.places.keep(PLACE);
  const second = visit(2, { from: "/rooms/1" });
  second.places.keep({ seq: 7, bottom: 1 });

  assert.deepEqual(visit(1, { entry: first.entry }).here, PLACE);
  assert.deepEqual(visit(2, { entry: second.entry }).here, { seq: 7, bottom: 1 });
  assert.equal(visit(1, { from: "/rooms/2" }).here, null);
  assert.equal(visit(3, { entry: first.entry }).here, null);
  assert.equal(visit(1, { entry: first.entry, isLink: true }).here, null);
});

test("who scrolls back to the end has no place to return to", () => {
  const { visit } = openTab();
  const { entry, places } = visit(1);
  places.keep(PLACE);
  places.keep(null);

  assert.equal(visit(1, { entry }).here, null);
  assert.equal(visit(1, { from: "/people/bob" }).here, null);
});

test("who comes back from a page beside the rooms is where they were, in the room where they were", () => {
  const { visit } = openTab();
  visit(2).places.keep(PLACE);

  for (const from of ["/people/bob?room=2", "/people", "/settings", "/settings/chat", "/login?next=%2Frooms%2F2"]) {
    const { entry, here, places } = visit(2, { from });
    assert.deepEqual([here, places.here], [PLACE, PLACE], from);
    assert.deepEqual(visit(2, { entry, from }).here, PLACE);
    assert.equal(visit(1, { from }).here, null);
  }
  for (const from of ["", "/", "/?room=1", "/rooms/1", "/rooms/2/40", ".evil.example/people"]) assert.equal(visit(2, { from }).here, null, from);
});

test("the last room of a tab is known, if it is one", () => {
  const { tab, visit } = openTab();
  assert.equal(lastRoom(tab), null);
  assert.equal(lastRoom(null), null);
  visit(2).places.keep(null);
  assert.equal(lastRoom(tab), 2);
  for (const broken of ["{", "null", '{"room":"javascript:alert(1)"}', "[]"]) {
    tab.setItem("parley:last-place", broken);
    assert.equal(lastRoom(tab), null);
  }
});
