import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { firstWords } from "../../../static/js/lib/quotes.js";

const cases = JSON.parse(readFileSync(new URL("../../protocol/quotes.json", import.meta.url), "utf8"));

test("the first line that says something is quoted, and the server's quote stays as it is", () => {
  for (const { text, quote } of cases) {
    assert.equal(firstWords(text), quote, text);
    assert.equal(firstWords(quote), quote, text);
  }
});

test("a quote has up to 140 characters, and a long way to its first word ends", () => {
  assert.equal(firstWords("😀".repeat(141)), "😀".repeat(140));
  for (const text of ["\u200b".repeat(999) + "a", "`".repeat(4_000), "> ".repeat(2_000), "\n".repeat(3_999) + "a", "```" + " ".repeat(3_000) + "!"]) {
    assert.ok(firstWords(text).length <= 140);
  }
});
