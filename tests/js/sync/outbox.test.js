import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox, isUnsent } from "../../../static/js/sync/outbox.js";
import { Shelf } from "../../../static/js/sync/unsent-storage.js";
import { chosen, id } from "../factories.js";
import { FakeClock, FakeStorage, randomFrom } from "../fakes.js";

let made = 0;

/** One tab's outbox, and what it sent and showed. */
function tab({ browser = new FakeStorage(), clock = new FakeClock(), storage, userId = 3 } = {}) {
  const noted = { sent: [], pending: [], durable: true };
  const outbox = new Outbox({
    ...{ clock, uuid: () => id(++made) },
    shelf: new Shelf(storage === undefined ? browser.tab((change) => outbox.storageChanged(change)) : storage, `outbox:${userId}`, isUnsent),
    send: (command) => Boolean(noted.sent.push(command)),
    onChange: (pending, durable) => Object.assign(noted, { pending, durable }),
  });
  const last = () => noted.sent.at(-1);
  return { browser, clock, outbox, noted, last, acknowledge: (command = last()) => outbox.acknowledged({ id: command.id }) };
}

const texts = (noted) => noted.sent.map((command) => command.text);
const states = (noted) => noted.pending.map((entry) => entry.state);
const refusal = (command, code, retryAfter) => ({ type: "error", id: command.id, code, message: "No.", retry_after: retryAfter });

test("messages wait until there is a connection, then go one at a time in the order of typing", () => {
  const { acknowledge, outbox, noted } = tab();
  for (const text of ["one", "two", "three"]) outbox.add(1, text);
  assert.deepEqual(texts(noted), []);

  outbox.connected();
  assert.deepEqual(texts(noted), ["one"]);
  acknowledge();
  assert.deepEqual(texts(noted), ["one", "two"]);
  acknowledge();
  acknowledge();

  assert.deepEqual(texts(noted), ["one", "two", "three"]);
  assert.deepEqual(noted.pending, []);
});

test("a reply keeps what it is for, across a reload too", () => {
  const { browser, outbox } = tab();
  outbox.add(1, "an answer", 12);

  const reloaded = tab({ browser });
  reloaded.outbox.connected();

  assert.deepEqual([reloaded.last().reply_to, reloaded.last().text], [12, "an answer"]);
});

test("what was in flight when the connection broke is sent again with the same id, first", () => {
  const { acknowledge, outbox, noted } = tab();
  outbox.connected();
  outbox.add(1, "one");
  outbox.add(1, "two");

  outbox.disconnected(1006);
  outbox.add(1, "three");
  outbox.connected();

  assert.deepEqual(texts(noted), ["one", "one"]);
  assert.equal(noted.sent[0].id, noted.sent[1].id);
  acknowledge();
  assert.deepEqual(texts(noted), ["one", "one", "two"]);
});

test("a reload keeps the messages, their ids and their order", () => {
  const before = tab();
  before.outbox.connected();
  for (const text of ["one", "two", "three"]) before.outbox.add(1, text);

  const after = tab({ browser: before.browser });
  assert.deepEqual(after.noted.pending.map((entry) => entry.text), ["one", "two", "three"]);
  after.outbox.connected();
  for (let count = 0; count < 3; count += 1) after.acknowledge();

  assert.deepEqual(texts(after.noted), ["one", "two", "three"]);
  assert.equal(after.noted.sent[0].id, before.noted.sent[0].id);
  assert.equal(after.browser.size, 0);
});

test("another person at the same browser neither sees nor sends them", () => {
  const alice = tab();
  alice.outbox.add(1, "mine");

  const bob = tab({ browser: alice.browser, userId: 4 });
  bob.outbox.connected();

  assert.deepEqual([bob.noted.pending, bob.noted.sent], [[], []]);
});

test("retry_after is respected, and the order kept", () => {
  const { acknowledge, clock, last, outbox, noted } = tab();
  outbox.connected();
  outbox.add(1, "one");
  outbox.add(1, "two");

  outbox.refused(refusal(last(), "rate_limited", 1.5));
  clock.advance(1_499);
  assert.deepEqual(texts(noted), ["one"]);
  clock.advance(1);
  assert.deepEqual(texts(noted), ["one", "one"]);
  acknowledge();

  assert.deepEqual(texts(noted), ["one", "one", "two"]);
});

test("after ten seconds without an ack the message is shown as late, and it goes on trying", () => {
  const { clock, outbox, noted } = tab();
  outbox.connected();
  outbox.add(1, "one");

  clock.advance(9_999);
  assert.deepEqual(states(noted), ["waiting"]);
  clock.advance(1);
  assert.deepEqual(states(noted), ["late"]);
  clock.advance(30_000);

  assert.ok(noted.sent.length >= 4);
  assert.equal(new Set(noted.sent.map((command) => command.id)).size, 1);
});

test("final errors stop the retries, keep the text and the reason, and let the others pass", () => {
  for (const code of ["too_long", "bad_text", "id_conflict", "not_a_member", "bad_command"]) {
    const { acknowledge, browser, clock, last, outbox, noted } = tab();
    outbox.connected();
    outbox.add(1, "one");
    outbox.add(1, "two");

    outbox.refused(refusal(last(), code));
    acknowledge();
    clock.advance(60_000);

    assert.deepEqual(texts(noted), ["one", "two"]);
    assert.deepEqual(noted.pending.map(({ text, state, reason }) => [text, state, reason]), [["one", "failed", "No."]]);
    assert.equal(browser.size, 1);
  }
});

test("a failed message can be tried again, or deleted", () => {
  const { last, outbox, noted, browser } = tab();
  outbox.connected();
  outbox.add(1, "one");
  outbox.refused(refusal(last(), "not_a_member"));

  outbox.retry(last().id);
  assert.deepEqual([texts(noted), states(noted)], [["one", "one"], ["waiting"]]);
  outbox.remove(last().id);

  assert.deepEqual([noted.pending, browser.size], [[], 0]);
});

test("a frame that made the server close the socket is not sent again", () => {
  for (const code of [1008, 1009]) {
    const { outbox, noted } = tab();
    outbox.connected();
    outbox.add(1, "poison");
    outbox.add(1, "fine");

    outbox.disconnected(code);
    outbox.connected();

    assert.deepEqual(texts(noted), ["poison", "fine"]);
    assert.deepEqual(states(noted), ["failed", "waiting"]);
  }
});

test("an error that names no message of ours disturbs nothing", () => {
  const { outbox, noted } = tab();
  outbox.connected();
  outbox.add(1, "one");

  outbox.refused({ type: "error", code: "bad_command", message: "What?" });
  outbox.refused({ type: "error", id: id(999_999), code: "bad_text", message: "What?" });

  assert.deepEqual([texts(noted), states(noted)], [["one"], ["waiting"]]);
});

test("a message goes out once all of its files are whole, and lets those behind it pass meanwhile", () => {
  const { acknowledge, noted, outbox } = tab();
  outbox.connected();
  outbox.add(1, "two pictures", undefined, [chosen(1), chosen(2)]);
  outbox.add(1, "and a question");
  assert.deepEqual(texts(noted), ["and a question"]);
  acknowledge();

  outbox.fileChanged(id(1), { whole: true });
  outbox.fileChanged(id(2), { sent: 500 });
  assert.equal(noted.pending[0].files[1].sent, 500);
  assert.deepEqual(texts(noted), ["and a question"]);
  outbox.fileChanged(id(2), { whole: true });

  assert.deepEqual(noted.sent.slice(1).map(({ text, files }) => [text, files]), [["two pictures", [id(1), id(2)]]]);
});

test("a message is late ten seconds after its files are whole, however long they took", () => {
  const { clock, noted, outbox } = tab();
  outbox.connected();
  outbox.add(1, "", undefined, [chosen(1)]);

  clock.advance(60_000);
  assert.deepEqual(states(noted), ["waiting"]);
  outbox.fileChanged(id(1), { whole: true });
  clock.advance(9_999);
  assert.deepEqual(states(noted), ["waiting"]);
  clock.advance(1);

  assert.deepEqual(states(noted), ["late"]);
});

test("after a reload a message still has its files, and waits until it is said again that they are whole", () => {
  const before = tab();
  before.outbox.add(1, "", undefined, [chosen(1, { sent: 1_000, whole: true, local: "blob:gone" })]);

  const after = tab({ browser: before.browser });
  after.outbox.connected();

  assert.deepEqual([after.noted.sent, after.noted.pending[0].files], [[], [chosen(1)]]);
  after.outbox.fileChanged(id(1), { whole: true });
  assert.deepEqual(after.last().files, [id(1)]);
});

test("a refused file leaves its message with the sentence, and trying again asks for each file again", () => {
  const { noted, outbox } = tab();
  outbox.connected();
  outbox.add(1, "", undefined, [chosen(1, { whole: true }), chosen(2)]);
  outbox.add(1, "another", undefined, [chosen(3)]);

  outbox.fileRefused(id(2), "The server is full.");
  assert.deepEqual(noted.pending.map(({ reason, state }) => [state, reason]), [["failed", "The server is full."], ["waiting", ""]]);
  outbox.fileChanged(id(2), { whole: true });
  assert.deepEqual(noted.sent, []);
  outbox.retry(noted.pending[0].id);

  assert.deepEqual(noted.pending[0].files.map((file) => file.whole), [false, false]);
  for (const number of [1, 2]) outbox.fileChanged(id(number), { whole: true });
  assert.deepEqual(noted.sent.map((command) => command.files), [[id(1), id(2)]]);
});

test("storage that is full, forbidden or garbled: it works in memory and says so", () => {
  const full = { ...new FakeStorage().tab(), setItem: () => assert.fail("full") };
  for (const storage of [full, null]) {
    const { acknowledge, outbox, noted } = tab({ storage });
    outbox.connected();
    outbox.add(1, "one");
    assert.deepEqual([texts(noted), noted.durable], [["one"], false]);

    acknowledge();
    assert.deepEqual([noted.pending, noted.durable], [[], true]);
  }
  const browser = new FakeStorage();
  const garbled = browser.tab();
  for (const [key, value] of [["a", "{"], ["b", "null"], ["c", '{"room":"x"}'], ["d", '{"room":1,"text":"","created":1,"files":[1]}']]) garbled.setItem(`parley:outbox:3:${key}`, value);
  assert.deepEqual(tab({ browser }).noted.pending, []);
});

test("two tabs write at once without overwriting each other", () => {
  const one = tab();
  const two = tab({ browser: one.browser, clock: one.clock });
  one.outbox.add(1, "from one");
  two.outbox.add(1, "from two");

  const reloaded = tab({ browser: one.browser });

  assert.deepEqual(reloaded.noted.pending.map((entry) => entry.text).sort(), ["from one", "from two"]);
});

test("an ack in one tab ends the message in the other", () => {
  const one = tab();
  one.outbox.add(1, "hello");
  const two = tab({ browser: one.browser });
  assert.equal(two.noted.pending.length, 1);

  one.outbox.connected();
  one.acknowledge();

  assert.deepEqual([one.noted.pending, two.noted.pending], [[], []]);
});

test("a tab that was closed before it could send leaves its messages to the others", () => {
  const closed = tab();
  const open = tab({ browser: closed.browser });
  open.outbox.connected();
  closed.outbox.add(1, "orphan");
  assert.deepEqual(open.noted.pending, []);

  open.clock.advance(10_000);

  assert.deepEqual(texts(open.noted), ["orphan"]);
});

test("a socket that is gone without a word is not tried in a loop", () => {
  const clock = new FakeClock();
  let tries = 0;
  const outbox = new Outbox({ clock, uuid: () => id(++made), shelf: new Shelf(null, 3), send: () => tries++ < 0, onChange: () => {} });
  outbox.connected();
  outbox.add(1, "one");
  clock.advance(60_000);

  assert.equal(tries, 1);
});

const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 100 }, () => Math.floor(Math.random() * 2 ** 32));

test("whatever breaks, every message arrives once and in the order of typing", () => {
  for (const seed of SEEDS) {
    const random = randomFrom(seed);
    const browser = new FakeStorage();
    const clock = new FakeClock();
    const stored = [];
    let typed = 0;
    let page = tab({ browser, clock });
    let answered = 0;
    const answer = () => {
      const command = page.noted.sent[answered];
      if (!command) return;
      answered += 1;
      if (random() < 0.2) return page.outbox.refused(refusal(command, "rate_limited", random()));
      if (!stored.some((each) => each.id === command.id)) stored.push(command);
      if (random() < 0.8) page.acknowledge(command);
    };
    const steps = [
      () => page.outbox.add(1, String(++typed)),
      () => page.outbox.connected(),
      () => ((answered = page.noted.sent.length), page.outbox.disconnected(1006)),
      () => ((page = tab({ browser, clock })), (answered = 0)),
      () => clock.advance(random() * 12_000),
      ...[answer, answer, answer, answer],
    ];
    for (let count = 0; count < 200; count += 1) steps[Math.floor(random() * steps.length)]();
    page.outbox.connected();
    for (let count = 0; count < 4_000 && browser.size > 0; count += 1) (answer(), clock.advance(500));

    assert.deepEqual(stored.map((each) => Number(each.text)), Array.from({ length: typed }, (_, index) => index + 1), `SEED=${seed}`);
  }
});
