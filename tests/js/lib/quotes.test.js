import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { inWords } from "../../../static/js/lib/quotes.js";

const cases = JSON.parse(readFileSync(new URL("../../protocol/quotes.json", import.meta.url), "utf8"));

test("the first line that says something is quoted", () => {
  for (const { text, html, quote } of cases) assert.equal(inWords({ text, html }), quote, text);
});

test("a message without words is called by its first file", () => {
  assert.equal(inWords({ text: "", files: [{ name: "a.png" }, { name: "b.png" }] }), "📎 a.png");
  assert.equal(inWords({ text: "see", files: [{ name: "a.png" }] }), "see");
});

test("nothing is left of the words of a message that was deleted", () => {
  assert.equal(inWords({ text: "", deleted: true }), "Message deleted");
});

test("a quote has up to 140 characters, and a long way to its first word ends", () => {
  assert.equal(inWords({ text: "😀".repeat(141) }), "😀".repeat(140));
  for (const text of ["\u200b".repeat(999) + "a", "`".repeat(4_000), "> ".repeat(2_000), "\n".repeat(3_999) + "a", "```" + " ".repeat(3_000) + "!"]) {
    assert.ok(inWords({ text }).length <= 140);
  }
});
