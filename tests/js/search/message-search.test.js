import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { MessageSearch } from "../../../static/js/search/message-search.js";
import { Refusal } from "../../../static/js/sync/api.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const hits = (...seqs) => seqs.map((seq) => ({ room: 1, message: { seq }, excerpt: [["a", false]] }));

beforeEach(() => mock.timers.reset());

/** A search whose questions are answered by hand. */
function opened() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const noted = { shown: 0 };
  const search = (question, signal) =>
    new Promise((answer, refuse) => asked.push({ ...Object.fromEntries(question), signal, answer, refuse }));
  const messages = new MessageSearch(search, () => (noted.shown += 1), "Europe/Kyiv");
  const type = (text) => (messages.ask(text), mock.timers.tick(100));
  const seqs = () => messages.outcome.hits.map(({ message }) => message.seq);
  const answer = async (index, ...found) => {
    asked[index].answer({ hits: hits(...found), next: null });
    await settled();
  };
  const refuse = async (index, ...why) => {
    asked[index].refuse(new Refusal(...why));
    await settled();
  };
  return { answer, asked, messages, noted, refuse, seqs, type };
}

test("what is typed is asked for at once, its last word as a beginning", () => {
  const { asked, messages } = opened();

  messages.ask(" deplo ");

  const { q, limit, typing, zone, before } = asked[0];
  assert.deepEqual([asked.length, q, limit, typing, zone, before], [1, "deplo", "12", "1", "Europe/Kyiv", undefined]);
});

test("two letters are asked for, or one of a script without spaces; less is not", () => {
  const { asked, type } = opened();

  for (const text of ["a", "", "ab", "上", "ก", "🎉", "я"]) type(text);

  assert.deepEqual(asked.map(({ q }) => q), ["ab", "上", "ก", "🎉"]);
});

test("of keys that come faster than answers, only the last is asked for", () => {
  const { asked, messages } = opened();

  for (const text of ["de", "dep", "depl", "deplo"]) (messages.ask(text), mock.timers.tick(20));
  mock.timers.tick(10);

  assert.deepEqual(asked.map(({ q }) => q), ["de", "deplo"]);
});

test("a newer question ends the one before, whose answer is never shown", async () => {
  const { answer, asked, messages, noted, seqs, type } = opened();
  type("dep");
  type("depl");
  assert.deepEqual(asked.map(({ signal }) => signal.aborted), [true, false]);

  await answer(1, 2);
  await answer(0, 1);

  assert.deepEqual([seqs(), messages.outcome.text, noted.shown], [[2], "depl", 1]);
});

test("the last hits stay while the next are awaited, and go with the words", async () => {
  const { answer, asked, messages, seqs, type } = opened();
  type("dep");
  await answer(0, 1);

  type("depl");
  assert.deepEqual([seqs(), messages.isWaiting], [[1], true]);
  type("d");

  assert.deepEqual([seqs(), messages.isWaiting, asked[1].signal.aborted], [[], false, true]);
});

test("going on adds what is older below", async () => {
  const { answer, asked, messages, seqs, type } = opened();
  type("deploy");
  asked[0].answer({ hits: hits(9, 8), next: "s1", until: "2026-05-03T00:00:00Z" });
  await settled();

  messages.goOn();
  assert.equal(asked[1].before, "s1");
  await answer(1, 3);

  assert.deepEqual([seqs(), messages.outcome.next, messages.outcome.until], [[9, 8, 3], null, undefined]);
});

test("what cannot be meant is the server's sentence; hits that are there stay", async () => {
  const { asked, messages, refuse, seqs, type } = opened();
  type("on:foo");
  await refuse(0, "bad_question", "“foo” is no date.", 422);
  assert.deepEqual([messages.outcome.sentence, seqs()], ["“foo” is no date.", []]);

  type("foo");
  asked[1].answer({ hits: hits(2), next: "s1" });
  await settled();
  messages.goOn();
  await refuse(2, "unreachable", "…");

  assert.deepEqual(seqs(), [2]);
  assert.match(messages.outcome.sentence, /cannot be searched right now/);
});

test("who searches too fast keeps the last hits, waits as long as the server says, and is answered then", async () => {
  const { answer, asked, messages, refuse, seqs, type } = opened();
  type("deplo");
  await answer(0, 3);
  type("deploy");
  await refuse(1, "rate_limited", "Too many searches.", 429, 2);
  assert.deepEqual([messages.outcome.sentence, seqs()], ["Too many searches.", [3]]);

  mock.timers.tick(1_999);
  assert.equal(asked.length, 2);
  mock.timers.tick(1);
  await answer(2, 4);

  assert.deepEqual([seqs(), messages.outcome.sentence], [[4], ""]);
});

test("in an outage the same is asked again until there is an answer or nobody asks", async () => {
  const { answer, asked, messages, refuse, seqs, type } = opened();
  type("deploy");
  await refuse(0, "unreachable", "…");
  mock.timers.tick(3_000);
  await refuse(1, "unavailable", "The database is away.", 503, 2);
  assert.equal(messages.outcome.sentence, "The database is away.");
  mock.timers.tick(2_000);
  await answer(2, 1);
  assert.deepEqual([seqs(), messages.outcome.sentence], [[1], ""]);

  type("deployed");
  await refuse(3, "unreachable", "…");
  type("");
  mock.timers.tick(60_000);

  assert.equal(asked.length, 4);
});

test("what is refused for good is not asked again", async () => {
  const { asked, refuse, type } = opened();
  type("the of and");
  await refuse(0, "search_too_slow", "This takes too long.", 503, 2);

  mock.timers.tick(60_000);

  assert.equal(asked.length, 1);
});
