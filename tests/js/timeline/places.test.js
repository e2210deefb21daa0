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

/** A tab that stays on one page, with the entries of its history. */
function turning(room) {
  const entries = [{ state: null, path: "/" }];
  let at = 0;
  const history = {
    get state() { return entries[at].state; },
    replaceState: (state, _, path = entries[at].path) => (entries[at] = { state, path }),
    pushState: (state, _, path) => (entries.splice(at + 1, Infinity, { state, path }), (at += 1)),
  };
  const address = { origin: ORIGIN, referrer: "", isLink: true };
  const places = new Places({ tab: new FakeStorage().tab(), history, uuid: () => `entry ${++made}`, address }, room);
  const go = (by) => ((at += by), places.isElsewhere && places.comeBack());
  return { entries, go, history, places };
}

test("a room that the page turns to has an entry of its own, and Back finds the place in the one before", () => {
  const { entries, go, places } = turning(1);
  places.keep(PLACE);
  places.visit(2, "/rooms/2", false);
  places.keep({ seq: 7, bottom: 1 });
  assert.deepEqual(entries.map(({ path, state }) => [path, state.room]), [["/", 1], ["/rooms/2", 2]]);

  go(-1);
  assert.deepEqual(places.here, PLACE);
  go(1);
  assert.deepEqual(places.here, { seq: 7, bottom: 1 });
});

test("who turns to a room again by a new entry is where they were last in it", () => {
  const { places } = turning(1);
  assert.equal(places.lastIn(1), null);
  places.keep(PLACE);
  places.visit(2, "/rooms/2", false);
  places.visit(1, "/rooms/1", false);

  assert.deepEqual([places.here, places.lastIn(1), places.lastIn(2)], [null, PLACE, null]);
});

test("the same address, or a step that lies over the page, makes way for the entry of a room", () => {
  for (const step of [{}, { drawer: true }, { lightbox: true }]) {
    const { entries, history, places } = turning(1);
    if (step.drawer || step.lightbox) history.pushState({ ...history.state, ...step }, "", "/");
    assert.equal(places.isElsewhere, false);
    places.visit(2, "/rooms/2", !(step.drawer || step.lightbox));

    assert.deepEqual([entries.at(-1).path, Object.keys(entries.at(-1).state)], ["/rooms/2", ["entry", "room"]]);
    assert.equal(entries.length, step.drawer || step.lightbox ? 2 : 1);
  }
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
