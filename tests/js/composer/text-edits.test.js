import assert from "node:assert/strict";
import { test } from "node:test";

import { callBefore, called, toggled, wrapped } from "../../../static/js/composer/text-edits.js";
import { offSentence } from "../../../static/js/lib/avatar.js";
import { addedSentence, unheardSentence } from "../../../static/js/composer/unheard.js";

/** The text with its selection between [ and ], as an edit leaves it. */
const after = (value, { from, to, text, start, end }) => {
  const whole = value.slice(0, from) + text + value.slice(to);
  return `${whole.slice(0, start)}[${whole.slice(start, end)}]${whole.slice(end)}`;
};
const at = (marked) => [marked.replace(/[[\]]/g, ""), marked.indexOf("["), marked.indexOf("]") - 1];
const toggle = (marked, mark) => after(at(marked)[0], toggled(...at(marked), mark));

test("a key marks what is selected, and takes the mark off again", () => {
  const pairs = [
    ["a [b] c", "**", "a **[b]** c"],
    ["a [b] c", "*", "a *[b]* c"],
    ["[]", "`", "`[]`"],
    ["**[b]**", "*", "***[b]***"],
  ];

  for (const [before, mark, marked] of pairs) {
    assert.equal(toggle(before, mark), marked, before);
    assert.equal(toggle(marked, mark), before, marked);
  }
});

test("marks inside of the selection are taken off, too", () => {
  assert.equal(toggle("a [**b**] c", "**"), "a [b] c");
  assert.equal(toggle("a [***b***] c", "*"), "a [**b**] c");
  assert.equal(toggle("a [**b**] c", "*"), "a *[**b**]* c");
});

test("white space at the ends of a selection stays outside of the marks, or they would be none", () => {
  assert.equal(toggle("a[ b ]c", "**"), "a **[b]** c");
  assert.equal(after("a b", wrapped("a b", 0, 2, "(", ")")), "([a]) b");
});

test("somebody is called by what stands between an @ and the caret", () => {
  assert.deepEqual(callBefore("@", 1), { from: 0, to: 1, begin: "" });
  assert.deepEqual(callBefore("hi (@ca", 7), { from: 4, to: 7, begin: "ca" });
  assert.deepEqual(callBefore("hi @carol now", 6), { from: 3, to: 9, begin: "ca" });
  assert.deepEqual(callBefore("@bob/@ca", 8), { from: 5, to: 8, begin: "ca" });
  assert.deepEqual(callBefore("_@ca", 4), { from: 1, to: 4, begin: "ca" });
  assert.deepEqual(callBefore("@окс", 4), { from: 0, to: 4, begin: "окс" });
  for (const text of ["a@b", "@bob ", "https://x.example/@b", "@@b", "a_@b", "/@b", "", "bob"]) assert.equal(callBefore(text, text.length), null, text);
});

test("a name is put in whole, with a space behind it where there is none", () => {
  assert.equal(after("hi @ca", called("hi @ca", { from: 3, to: 6 }, "carol")), "hi @carol []");
  assert.equal(after("@ca now", called("@ca now", { from: 0, to: 3 }, "carol")), "@carol []now");
});

test("a name takes the place of the whole word around the caret, and of nothing else", () => {
  const cases = {
    "@bo|b": "@bobby []",
    "@|bob": "@bobby []",
    "hi @bo|b-smith, you": "hi @bobby[], you",
    "@b|ob. Then": "@bobby[]. Then",
    "@bo|b's turn": "@bobby[]'s turn",
    "(@bo|b)": "(@bobby[])",
    "@bo|b\nyou": "@bobby\n[]you",
    "@bo|b @carol": "@bobby []@carol",
    "@bo|さん": "@bobby []さん",
    "@ре|ня,": "@bobby[],",
    "@山|田 太郎": "@bobby []太郎",
    "@bo|": "@bobby []",
  };

  for (const [before, expected] of Object.entries(cases)) {
    const value = before.replace("|", "");
    const call = callBefore(value, before.indexOf("|"));
    assert.equal(after(value, called(value, call, "bobby")), expected, before);
  }
  assert.equal(after("@o'brie", called("@o'brie", callBefore("@o'brie", 4), "o'brien")), "@o'brien []");
});

test("who does not get a message is named in a sentence", () => {
  assert.equal(unheardSentence([]), "");
  assert.equal(unheardSentence(["carol"]), "carol is not in this room and was not told.");
  assert.equal(unheardSentence(["carol", "dave"]), "carol and dave are not in this room and were not told.");
  assert.equal(addedSentence(["carol"]), "carol is in this room now, and finds your message unread.");
  assert.equal(addedSentence(["carol", "dave"]), "carol and dave are in this room now, and find your message unread.");
});

test("who will not read it, as their account is switched off, is named", () => {
  assert.equal(offSentence([]), "");
  assert.equal(offSentence(["Carol"]), "Carol’s account is switched off: they will not read this.");
  assert.equal(offSentence(["Carol", "Dave"]), "The accounts of Carol, Dave are switched off: they will not read this.");
});

test("a call may have the apostrophes and joiners that a login is typed with", () => {
  for (const begin of ["o'b", "o’b", "o‘b", "oʻb", "צה״", "می\u200cش", "ד׳", "marcel·l", "བསྟན་འ", "ジョン・ス", "ᠠᠷᠭ\u180eᠠ"]) assert.equal(callBefore(`@${begin}`, begin.length + 1)?.begin, begin);
});

test("a call begins behind an emoji or a letter of a script without spaces, and behind no other", () => {
  for (const text of ["请@bo", "@bo", "(@bo", "❤\ufe0f@bo", "1\ufe0f⃣@bo"]) assert.equal(callBefore(text, text.length)?.begin, "bo", text);
  for (const text of ["a@bo", "я@bo", "1@bo", ".@bo", "@@bo"]) assert.equal(callBefore(text, text.length), null, text);
});
