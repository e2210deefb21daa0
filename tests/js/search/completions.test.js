import assert from "node:assert/strict";
import { test } from "node:test";

import { completionsOf, place } from "../../../static/js/search/completions.js";
import { NAMES } from "../../../static/js/search/operators.js";
import { emptyRoom } from "../../../static/js/state/room.js";
import { ALICE, BOB, summary } from "../factories.js";

const ANNA = { id: 9, login: "anna.k", name: "Ганна Коваль" };
const named = (id, name) => emptyRoom({ ...summary(), id, name });
const direct = (id, ...people) => emptyRoom({ ...summary(), id, kind: "direct", name: "", people: [ALICE, ...people] });
const NOW = new Date(2026, 4, 6, 12).getTime(); // a Wednesday
const known = { me: ALICE, people: [BOB, ANNA], rooms: [named(2, "Design"), named(1, "Water cooler")], now: NOW };

const values = (name, value) => completionsOf({ name, value }, known).map((each) => each.value);

test("people are found by login and name, oneself as me", () => {
  assert.deepEqual(values("from", ""), ["me", "bob", "anna.k"]);
  assert.deepEqual(values("from", "ков"), ["anna.k"]);
  assert.deepEqual(values("mentions", "bo"), ["bob"]);
  assert.deepEqual([values("from", "@bo"), values("from", "@"), values("from", "@bob")], [["bob"], ["me", "bob", "anna.k"], []]);
  assert.deepEqual([values("mentions", "al"), values("mentions", "all"), values("mentions", "@al")], [["all"], [], ["all"]]);
  assert.deepEqual(values("to", ""), ["me"]);
});

test("rooms come in the order in which they are given, the open one first", () => {
  assert.deepEqual(values("in", ""), ["Design", "Water cooler"]);
  assert.deepEqual(values("in", "cool"), ["Water cooler"]);
});

test("every operator is completed, and what a message may have by its first letters", () => {
  for (const name of NAMES) assert.notDeepEqual(values(name, ""), [], name);
  assert.deepEqual(["re", "co", "li"].map((begun) => values("has", begun)[0]), ["reaction", "code", "link"]);
});

test("a value that is whole has nothing to be completed", () => {
  assert.deepEqual([values("in", "design"), values("has", "link"), values("on", "2026-05-06")], [[], [], []]);
});

test("a conversation with one other is named by their login; one of several has no name", () => {
  assert.equal(place(direct(3, BOB), ALICE)?.value, "@bob");
  assert.equal(place(direct(3, BOB, ANNA), ALICE), null);
  assert.equal(place(named(2, "Design"), ALICE)?.label, "# Design");
});

test("days are offered where they make sense: after a day leaves it out", () => {
  assert.deepEqual(values("on", ""), ["2026-05-06", "2026-05-05", "2026-05", "2026-04", "2026", "2025"]);
  assert.deepEqual(values("before", ""), ["2026-05-06", "2026-05-05", "2026-05-04", "2026-05", "2026-04", "2026"]);
  assert.deepEqual(values("after", ""), ["2026-05-05", "2026-05-03", "2026-04", "2025"]);
  assert.deepEqual(values("on", "yest"), ["2026-05-05"]);
});

test("the month before January is December of the year before", () => {
  const january = completionsOf({ name: "on", value: "last month" }, { ...known, now: new Date(2026, 0, 1).getTime() });

  assert.deepEqual(january.map(({ value }) => value), ["2025-12"]);
});
