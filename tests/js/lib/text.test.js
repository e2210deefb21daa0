import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { cleaned, initials, isEmojiOnly, isVisible, lengthOf } from "../../../static/js/lib/text.js";

test("one to six emoji alone are emoji", () => {
  for (const text of ["🎉", "👩‍👩‍👧 🇺🇦 👍🏽", "❤️", "1️⃣", "😀😀😀😀😀😀"]) assert.ok(isEmojiOnly(text), text);
  for (const text of ["", " ", "a", "🎉!", "12", "#", "😀😀😀😀😀😀😀", "上海"]) assert.ok(!isEmojiOnly(text), text);
});

test("initials are what one sees of a name", () => {
  const names = JSON.parse(readFileSync(new URL("../../initials.json", import.meta.url), "utf8"));

  for (const [name, expected] of Object.entries(names)) assert.equal(initials(name), expected, name);
});

const typed = JSON.parse(readFileSync(new URL("../../protocol/typed.json", import.meta.url), "utf8"));

test("what is sent is what the server keeps", () => {
  for (const each of typed.kept) {
    assert.equal(cleaned(each.typed), each.kept, each.why);
    assert.equal(cleaned(each.kept), each.kept, each.why);
  }
  assert.equal(cleaned("a\u0000b\ud800c"), "abc"); // the server refuses these
});

test("a text that nobody would see is known as such", () => {
  for (const text of typed.visible) assert.ok(isVisible(text), JSON.stringify(text));
  for (const text of typed.invisible) assert.ok(!isVisible(text), JSON.stringify(text));
});

test("characters are counted as the server counts them", () => {
  assert.equal(lengthOf("a🎉上"), 3);
});
