import assert from "node:assert/strict";
import { test } from "node:test";

import { fit, fitting } from "../../static/js/fuzzy.js";

const found = (typed, ...texts) => fitting(typed, texts, (text) => text);

test("letters are found in their order, whatever stands between them", () => {
  assert.notEqual(fit("gnl", "General"), null);
  assert.equal(fit("lg", "General"), null);
  assert.equal(fit("generals", "General"), null);
});

test("case, accents and spaces do not matter", () => {
  assert.deepEqual(found("CAFE", "Café", "Tea"), ["Café"]);
  assert.deepEqual(found("при вет", "Привет"), ["Привет"]);
  assert.deepEqual(found("上海", "我家在上海东边"), ["我家在上海东边"]);
});

test("beginnings of words come first, then letters next to one another, then shorter texts", () => {
  assert.deepEqual(found("de", "Wide", "Design", "Under"), ["Design", "Wide", "Under"]);
  assert.deepEqual(found("ft", "Left", "Front team"), ["Front team", "Left"]);
  assert.deepEqual(found("ops", "ops-berlin", "ops"), ["ops", "ops-berlin"]);
});

test("with nothing typed everything stays in its own order", () => {
  assert.deepEqual(found(" ", "b", "a"), ["b", "a"]);
});
