import assert from "node:assert/strict";
import { test } from "node:test";

import { Recents } from "../../../static/js/search/recents.js";
import { Shelf } from "../../../static/js/sync/unsent-storage.js";
import { FakeStorage } from "../fakes.js";

function recents(storage = new FakeStorage().tab(), person = 1) {
  return new Recents(new Shelf(storage, `search:${person}`));
}

test("the last ten searches are kept, the newest first, each once", () => {
  const kept = recents();
  for (let count = 1; count <= 12; count += 1) kept.add(`search ${count}`);

  kept.add("  search   5 ");
  kept.add(" ");

  assert.deepEqual(kept.texts, [5, 12, 11, 10, 9, 8, 7, 6, 4, 3].map((count) => `search ${count}`));
});

test("one is taken out, then all, and another person's stay", () => {
  const storage = new FakeStorage().tab();
  const [kept, others] = [recents(storage), recents(storage, 2)];
  for (const text of ["one", "two", "three"]) (kept.add(text), others.add(text));

  kept.remove("two");
  assert.deepEqual(kept.texts, ["three", "one"]);
  kept.clear();

  assert.deepEqual([kept.texts, others.texts], [[], ["three", "two", "one"]]);
});

test("without a storage there are none", () => {
  const kept = recents(null);

  kept.add("one");

  assert.deepEqual(kept.texts, []);
});
