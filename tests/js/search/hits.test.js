import assert from "node:assert/strict";
import { test } from "node:test";

import { shortened } from "../../../static/js/search/hits.js";

test("an excerpt begins at a word, not far before what was looked for", () => {
  const before = "one two three four five six seven eight nine ten ";

  assert.deepEqual(shortened([[before, false], ["eleven", true], [" twelve", false]], 40), [
    ["… four five six seven eight nine ten ", false],
    ["eleven", true],
    [" twelve", false],
  ]);
});

test("no sign is cut, and of a text without spaces not all is left out", () => {
  assert.deepEqual(shortened([["x👍🏽ab", false], ["c", true]], 5), [["… ab", false], ["c", true]]);
  assert.deepEqual(shortened([["cafe\u0301 ab", false], ["c", true]], 4), [["… ab", false], ["c", true]]);
  assert.deepEqual(shortened([["很长的消息没有空格这是一个很长的消息 ", false], ["c", true]], 15), [
    ["… 息没有空格这是一个很长的消息 ", false],
    ["c", true],
  ]);
});

test("an excerpt stays as it is where the hit is near its beginning, or where there is none", () => {
  for (const excerpt of [[["a few ", false], ["words", true]], [["first", true], [" x".repeat(99), false]], [["x ".repeat(99), false]], []]) {
    assert.deepEqual(shortened(excerpt, 40), excerpt);
  }
});
