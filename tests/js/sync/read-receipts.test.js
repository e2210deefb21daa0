import assert from "node:assert/strict";
import { test } from "node:test";

import { Reader } from "../../../static/js/sync/read-receipts.js";
import { arrived, hello, lobby } from "../factories.js";
import { FakeClock } from "../fakes.js";

function reading({ isConnected = true } = {}) {
  const clock = new FakeClock();
  const told = { sent: [], read: [], isConnected };
  const reader = new Reader({
    clock,
    send: (command) => told.isConnected && Boolean(told.sent.push(command.seq)),
    onRead: (_, seq) => told.read.push(seq),
  });
  const see = (lastSeq, readSeq) => reader.sawNewest({ ...lobby(arrived()), lastSeq, readSeq });
  return { clock, reader, see, told };
}

/** What is up to 5 was read while the connection was away, and the server, which greets again, has 4 as read. */
function readOffline(lastSeq) {
  const parts = reading({ isConnected: false });
  parts.see(5, 4);
  parts.clock.advance(1_000);
  parts.told.isConnected = true;
  parts.reader.greeted(hello(lastSeq, { read: 4 }));
  return parts;
}

test("reading counts at once here, and is told once a second", () => {
  const { clock, see, told } = reading();
  see(5, 4);
  see(6, 5);
  assert.deepEqual([told.read, told.sent], [[5, 6], []]);

  clock.advance(1_000);
  see(6, 6);
  clock.advance(5_000);

  assert.deepEqual(told.sent, [6]);
});

test("what was taken back elsewhere is not told as read, until it is seen again", () => {
  const { clock, reader, see, told } = reading();
  see(5, 4);
  reader.received({ type: "read", room: 1, seq: 2, back: true });
  clock.advance(1_000);
  assert.deepEqual(told.sent, []);

  see(5, 2);
  clock.advance(1_000);
  assert.deepEqual(told.sent, [5]);
});

test("what was read without a connection is told after the next hello", () => {
  const { clock, see, told } = readOffline(5);

  see(5, 5);
  clock.advance(1_000);

  assert.deepEqual(told.sent, [5]);
});

test("what the server knows is not told again", () => {
  const { clock, reader, see, told } = reading();
  reader.greeted(hello(5, { read: 5 }));
  see(5, 5);
  clock.advance(5_000);

  assert.deepEqual(told.sent, []);
});

test("what was read is told at once when the page is left, and once only", () => {
  const { clock, reader, see, told } = reading();
  see(5, 4);

  reader.flush();
  clock.advance(1_000);

  assert.deepEqual(told.sent, [5]);
});

test("what was read without a connection is still read after the next hello, and then told", () => {
  const { clock, told } = readOffline(6);

  clock.advance(1_000);

  assert.deepEqual([told.read, told.sent], [[5, 5], [5]]);
});

test("reading further is told although less was read elsewhere meanwhile", () => {
  const { clock, reader, see, told } = reading();
  see(5, 2);
  reader.received({ type: "read", room: 1, seq: 4 });
  clock.advance(1_000);

  assert.deepEqual(told.sent, [5]);
});

test("what was read before one takes it back is not told behind it", () => {
  const { clock, reader, see, told } = reading();
  see(5, 4);
  reader.takenBack(1);
  clock.advance(1_000);

  assert.deepEqual(told.sent, []);
});
