import assert from "node:assert/strict";
import { test } from "node:test";

import { Reading } from "../../../static/js/rooms/reading.js";
import { Store } from "../../../static/js/state/store.js";
import { Api } from "../../../static/js/sync/api.js";
import { Sync } from "../../../static/js/sync/sync.js";
import { arrived, event, hello } from "../factories.js";
import { FakeClock, FakeSocket } from "../fakes.js";

/** A page that is up to date, its socket, and the states that its views are given. */
function opened() {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  const store = new Store(arrived(1, 1), clock.now);
  const given = { states: [], acks: [], refusals: [] };
  const actions = {
    ...{ logIn: assert.fail, reload: assert.fail, goHome: assert.fail, disconnected: () => {} },
    ...{ acknowledged: (event) => given.acks.push(event.seq), refused: (event) => given.refusals.push(event.message) },
  };
  const sync = new Sync(store, { api: new Api("token", assert.fail), clock, open: () => socket, storage: null }, actions);
  sync.connection.start();
  socket.receive(hello(1), { type: "live", room: 1, rev: 1 });
  store.subscribe((state) => given.states.push(state));
  return { clock, given, socket, store, sync };
}

for (const [when, add] of [
  ["was under way", (sync, restart) => (sync.outbox.add(1, "hello"), restart())],
  ["is typed meanwhile", (sync, restart) => (restart(), sync.outbox.add(1, "hello"))],
  ["is changed and was under way", (sync, restart) => (sync.changes.add({ type: "edit", room: 1, seq: 1, text: "so" }, () => {}), restart())],
]) {
  test(`after a restart a message that ${when} brings the page back within half a second`, () => {
    const { clock, socket, store, sync } = opened();

    add(sync, () => socket.closeWith(1001));
    clock.advance(500);

    assert.equal(store.state.connection.phase, "connecting");
  });
}

test("an ack changes the page once: what was waiting is sent", () => {
  const { given, socket, store, sync } = opened();
  sync.outbox.add(1, "hello");
  const { id } = socket.sent.at(-1);
  given.states.length = 0;

  socket.receive({ type: "ack", id, room: 1, seq: 2, rev: 2 });

  assert.equal(given.states.length, 1);
  assert.deepEqual([store.state.pending, store.state.sent.map(({ seq, text }) => [seq, text])], [[], [[2, "hello"]]]);
  assert.deepEqual(given.acks, [2]);
});

test("the ack of a change leaves the messages alone, and the next change goes", () => {
  const { given, socket, sync } = opened();
  const ended = [];
  for (const text of ["one", "two"]) sync.changes.add({ type: "edit", room: 1, seq: 1, text }, (refusal) => ended.push(refusal));

  socket.receive({ type: "ack", id: socket.sent.at(-1).id, room: 1, seq: 1, rev: 2 });

  assert.deepEqual([ended, socket.sent.at(-1).text, given.states.length], [[""], "two", 0]);
});

test("a refusal ends what it names, and is passed on", () => {
  const { given, socket, store, sync } = opened();
  sync.outbox.add(1, "hello");

  socket.receive({ type: "error", id: socket.sent.at(-1).id, code: "bad_text", message: "No." });

  assert.deepEqual([store.state.pending.map(({ reason, state }) => [state, reason]), given.refusals], [[["failed", "No."]], ["No."]]);
});

test("what is made unread as soon as it is seen was said to be read before: the server takes back what it has", () => {
  const { socket, store, sync } = opened();
  const reading = new Reading({ state: () => store.state, sync }, { say: () => {}, toEnd: assert.fail });
  store.dispatch({ type: "attention", attending: true });
  socket.receive(event(2));
  reading.seen();

  reading.takeBack(2);

  const said = socket.sent.map(({ type, seq }) => [type, seq]).filter(([type]) => type !== "resume");
  assert.deepEqual(said, [["read", 2], ["unread", 2]]);
});

test("what is made unread is not read again before the server answers, though a message comes into view", () => {
  const { clock, socket, store, sync } = opened();
  const reading = new Reading({ state: () => store.state, sync }, { say: () => {}, toEnd: assert.fail });
  store.dispatch({ type: "attention", attending: true });
  reading.seen();

  reading.takeBack(1);
  socket.receive(event(2));
  reading.seen();
  clock.advance(5_000);

  assert.deepEqual(socket.sent.map(({ type, seq }) => [type, seq]).filter(([type]) => type !== "resume"), [["unread", 1]]);
});
