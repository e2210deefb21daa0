import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";

const lists = JSON.parse(readFileSync(new URL("../../people/sorting.json", import.meta.url), "utf8"));

test("names stand in the order that the server gives them", () => {
  const collator = new Intl.Collator("en", { numeric: true }); // as in rooms/sidebar.js
  for (const list of lists) assert.deepEqual([...list].reverse().sort(collator.compare), list);
});
