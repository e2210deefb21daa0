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

test("an excerpt stays as it is where the hit is near its beginning, or where there is none", () => {
  for (const excerpt of [[["a few ", false], ["words", true]], [["first", true], [" x".repeat(99), false]], [["x ".repeat(99), false]], []]) {
    assert.deepEqual(shortened(excerpt, 40), excerpt);
  }
});
