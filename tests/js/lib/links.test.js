import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { linkParts } from "../../../static/js/lib/links.js";

const texts = JSON.parse(readFileSync(new URL("../../texts.json", import.meta.url), "utf8"));
const HAS_OTHER_LINKS = /`|\]\(/u; // code has none, and labels are the server's

test("the links of a text are those of the server", () => {
  const rows = texts.filter(({ text }) => !HAS_OTHER_LINKS.test(text));

  assert.ok(rows.length > 150);
  for (const { text, links } of rows) {
    const found = linkParts(text).filter(({ href }) => href);
    assert.deepEqual(found.map((part) => [part.text, part.href]), links, text);
  }
});

test("the pieces of a text are the text", () => {
  for (const { text } of texts) assert.equal(linkParts(text).map((part) => part.text).join(""), text);
});

test("a hostile text ends", { timeout: 60_000 }, () => {
  const hostile = ["https://".repeat(500), `https://example.org/${")".repeat(4_000)}`, `https://example.org/${"(".repeat(4_000)}`, "a@".repeat(2_000), "https://e.org/_ ".repeat(250), ...[":", "*", "~", "_", "("].map((sign) => `https://e.org/${sign.repeat(3_900)}a`)];

  for (const text of hostile) assert.equal(linkParts(text).map((part) => part.text).join(""), text);
});
