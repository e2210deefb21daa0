import assert from "node:assert/strict";
import { test } from "node:test";

import { beginningAt, filterAt, filtersIn, withFilter, without } from "../../../static/js/search/operators.js";

const named = (text) => filtersIn(text).map(({ name, value }) => `${name}=${value}`);

test("operators are found wherever a word begins, with values in quotation marks and without", () => {
  assert.deepEqual(named('deploy from:anna IN:"Water cooler" -has:link'), ["from=anna", "in=Water cooler", "has=link"]);
  assert.deepEqual(named('in:"Water coo'), ["in=Water coo"]);
  assert.deepEqual(named('in:@"Bob Miller" hello'), ["in=@Bob Miller"]);
  assert.deepEqual(named("from: deploy"), ["from="]);
  assert.deepEqual(named("seefrom:anna https://e.org/in:x foo:bar (on:off)"), []);
});

test("the operator at the caret is the one whose value is typed there", () => {
  const text = "deploy from:an in:x";
  const at = (caret) => filterAt(text, caret)?.name;

  assert.deepEqual([6, 11, 12, 14, 15, 18].map(at), [undefined, undefined, "from", "from", undefined, "in"]);
  assert.equal(filterAt('in:"Water c', 11)?.value, "Water c");
});

test("a value takes the place of what is typed of it, and the caret stands behind it", () => {
  const text = "deploy from:an today";
  const filter = filterAt(text, 14);

  assert.deepEqual(withFilter(text, filter, "from", "anna"), { text: "deploy from:anna today", caret: 17 });
  assert.deepEqual(withFilter("-in:wa", filterAt("-in:wa", 6), "in", "Water cooler"), { text: '-in:"Water cooler" ', caret: 19 });
});

test("an operator that is put in stands apart from the words around it", () => {
  assert.deepEqual(withFilter("deploy", { begin: 6, end: 6 }, "from"), { text: "deploy from:", caret: 12 });
  assert.deepEqual(withFilter("one two", { begin: 3, end: 3 }, "to", "me"), { text: "one to:me two", caret: 10 });
  assert.deepEqual(withFilter("one two", { begin: 3, end: 3 }, "from"), { text: "one from: two", caret: 9 });
  assert.deepEqual(withFilter("fro", { begin: 0, end: 3 }, "from"), { text: "from:", caret: 5 });
});

test("a name with quotation marks in it still is one value", () => {
  const { text } = withFilter("", { begin: 0, end: 0 }, "in", 'The "old" room');

  assert.deepEqual(named(text), ["in=The old room"]);
});

test("an operator that is taken out leaves one space", () => {
  const text = "one from:anna two";

  assert.deepEqual(without(text, filtersIn(text)[0]), { text: "one two", caret: 4 });
});

test("what is typed of a word begins at the last space", () => {
  assert.deepEqual([beginningAt("one fr", 6), beginningAt("one fr", 5), beginningAt("one ", 4)], ["fr", "f", ""]);
});
