import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { cleaned, initials, isEmojiOnly, isVisible, lengthOf, linkParts } from "../../static/js/text.js";

const links = (text) => linkParts(text).filter((part) => part.href).map((part) => part.text);

test("addresses are found, without the punctuation around them", () => {
  const found = {
    "see https://example.org/a, or not": ["https://example.org/a"],
    "(https://example.org/a_(b)) and https://x.example.": ["https://example.org/a_(b)", "https://x.example"],
    "http://пример.example/ü?q=й#1 HTTPS://EXAMPLE.ORG": ["http://пример.example/ü?q=й#1", "HTTPS://EXAMPLE.ORG"],
    "“https://example.org”": ["https://example.org"],
    "javascript:alert(1) data:text/html,x file:///etc ftp://x.example www.example.org a@b.example": [],
    "https:// http://": [],
    'https://example.org/"onclick="x': ["https://example.org/"],
    "xhttps://example.org": [],
  };

  for (const [text, expected] of Object.entries(found)) assert.deepEqual(links(text), expected, text);
});

test("the pieces of a text are the text", () => {
  for (const text of ["", "plain", "https://a.example", " https://a.example  https://b.example\n", "🎉 https://a.example/🎉"]) {
    assert.equal(linkParts(text).map((part) => part.text).join(""), text);
  }
});

test("a hostile text ends", { timeout: 60_000 }, () => {
  for (const text of ["https://".repeat(500), `https://example.org/${")".repeat(4_000)}`, `https://example.org/${"(".repeat(4_000)}`]) {
    assert.equal(linkParts(text).map((part) => part.text).join(""), text);
  }
});

test("one to six emoji alone are emoji", () => {
  for (const text of ["🎉", "👩‍👩‍👧 🇺🇦 👍🏽", "❤️", "1️⃣", "😀😀😀😀😀😀"]) assert.ok(isEmojiOnly(text), text);
  for (const text of ["", " ", "a", "🎉!", "12", "#", "😀😀😀😀😀😀😀", "上海"]) assert.ok(!isEmojiOnly(text), text);
});

test("initials are what one sees of a name", () => {
  const names = { "Alice Moreau": "AM", "Оксана Гончар": "ОГ", 李雷: "李", "山田 太郎": "山", alice: "A", "é́ y": "É́Y", "🎉 party": "🎉", "Ana de la Cruz": "AC" };

  for (const [name, expected] of Object.entries(names)) assert.equal(initials(name), expected, name);
});

const typed = JSON.parse(readFileSync(new URL("../protocol/typed.json", import.meta.url), "utf8"));

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
