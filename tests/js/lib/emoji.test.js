import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fullyQualified, isEmoji } from "../../../static/js/lib/text.js";

/** The table that tests/chat/wire/test_emoji.py reads, too. */
const table = JSON.parse(readFileSync(new URL("../../emoji.json", import.meta.url), "utf8"));
const qualified = table.qualified.flatMap((line) => line.split(" "));

/** An emoji with each of its U+FE0F there or not. */
function forms(emoji) {
  const [first, ...rest] = emoji.split("\ufe0f");
  return rest.reduce((made, part) => made.flatMap((form) => [form + part, `${form}\ufe0f${part}`]), [first]);
}

test("every form of an emoji is sent fully qualified", () => {
  assert.ok(qualified.length > 3_900);
  for (const emoji of qualified) {
    for (const form of forms(emoji)) {
      assert.ok(isEmoji(form), form);
      assert.equal(fullyQualified(form), emoji);
    }
  }
});

test("forms that other programs make are the same emoji", () => {
  for (const [form, emoji] of table.same) {
    assert.ok(isEmoji(form), form);
    assert.equal(fullyQualified(form), emoji);
  }
});

test("less or more than one emoji is none", () => {
  for (const text of table.none) assert.ok(!isEmoji(text), text);
});
