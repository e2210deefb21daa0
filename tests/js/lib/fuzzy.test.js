import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { folded } from "../../../static/js/lib/folding.js";
import { fit, fitting } from "../../../static/js/lib/fuzzy.js";

const table = JSON.parse(readFileSync(new URL("../../folding.json", import.meta.url), "utf8"));
const found = (typed, ...texts) => fitting(typed, texts, (text) => [text]);

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

test("names are folded as on the server", () => {
  for (const [typed, expected] of Object.entries(table.folded)) assert.equal(folded(typed), expected, typed);
  for (const [typed, name] of [...table.found, ...table.called]) assert.equal(fit(typed, `zz ${name}`)?.rank, 1, `${typed} in ${name}`);
  for (const [typed, name] of table.not_found) assert.notEqual(fit(typed, name)?.rank, 1, `${typed} in ${name}`);
});

test("beginnings of words come first, then letters next to one another, then shorter texts", () => {
  assert.deepEqual(found("de", "Wide", "Design", "Under"), ["Design", "Wide", "Under"]);
  assert.deepEqual(found("ft", "Left", "Front team"), ["Front team", "Left"]);
  assert.deepEqual(found("ops", "ops-berlin", "ops"), ["ops", "ops-berlin"]);
  assert.deepEqual(found("sub", "Some ugly business", "Anna Subotić"), ["Anna Subotić", "Some ugly business"]);
  assert.deepEqual(found("smith john", "John Smith", "Smithjohnson"), ["John Smith", "Smithjohnson"]);
});

test("weight decides among texts that fit alike, and never lifts scattered letters above a beginning", () => {
  const weights = { "Design berlin": 0, Debate: 1, Wide: 0, de: 5 };

  const all = fitting("de", Object.keys(weights), (text) => [text], (text) => weights[text]);

  assert.deepEqual(all, ["de", "Design berlin", "Debate", "Wide"]);
});

test("the best of several texts counts", () => {
  const people = [{ name: "Subira", login: "zz" }, { name: "Bob", login: "sub" }, { name: "S. u. b.", login: "x" }];

  assert.deepEqual(fitting("sub", people, ({ name, login }) => [name, login]).map(({ name }) => name), ["Bob", "Subira", "S. u. b."]);
});

test("with nothing typed everything stays in its own order", () => {
  assert.deepEqual(found(" ", "b", "a"), ["b", "a"]);
});
