import assert from "node:assert/strict";
import { test } from "node:test";

import { noteOn } from "../../../static/js/search/sentences.js";

const NOW = Date.parse("2026-05-06T12:00:00Z");
const seen = { isEmpty: true, isPlain: true, isWaiting: false, now: NOW };
const answer = { text: "deploy", hits: [], next: null, sentence: "" };
const note = (outcome, more = {}) => noteOn({ ...answer, ...outcome }, { ...seen, ...more });

test("nothing is said beside hits, and that there are none is said where there are none", () => {
  assert.equal(note({ hits: [{}] }, { isEmpty: false }), "");
  assert.match(note({}), /^No room, nobody and no message/);
  assert.match(note({}, { isEmpty: false }), /^No message/);
  assert.match(note({}, { isPlain: false }), /^No message/);
});

test("nothing is said of what is not searched yet, but that it is being searched", () => {
  assert.equal(note({}, { isWaiting: true }), "Searching …");
  assert.equal(note({}, { isWaiting: true, isEmpty: false }), "");
  assert.equal(note({ until: "2026-05-03T12:00:00Z" }, { isEmpty: false }), "");
  assert.equal(note({ meant: "deploys" }, { isEmpty: false }), "");
});

test("what was not looked for, or not yet, is not passed over in silence", () => {
  const indexing = { until: "2025-05-03T12:00:00Z" };

  assert.match(note({ indexing, hits: [{}] }, { isEmpty: false }), /^Messages from before \d* ?May.* 2025 are still being indexed/);
  assert.match(note({ indexing }), /^No room.*still being indexed/);
  assert.equal(note({ cut: true, hits: [{}] }, { isEmpty: false }), "Only the first words of this were looked for.");
  assert.match(note({ indexing: { until: null }, hits: [{}] }, { isEmpty: false }), /^Older messages/);
});

test("why there is no answer is said with the answer to what was typed before below it", () => {
  assert.equal(note({ sentence: "“foo” is no date.", hits: [{}] }, { isEmpty: false }), "“foo” is no date.");
});

test("one letter that fits nothing says so, though messages are not searched for it", () => {
  assert.match(note({ text: "" }), /^No room/);
  assert.equal(note({ text: "" }, { isEmpty: false }), "");
});
