import assert from "node:assert/strict";
import { test } from "node:test";

import { Reader } from "../../../static/js/sync/read-receipts.js";
import { arrived, hello, lobby } from "../factories.js";
import { FakeClock } from "../fakes.js";

function reading({ isConnected = true } = {}) {
  const clock = new FakeClock();
  const noted = { sent: [], read: [], takenBack: [], isConnected };
  const reader = new Reader({
    clock,
    send: (command) => noted.isConnected && Boolean(noted.sent.push(command.seq)),
    onRead: (_, seq) => noted.read.push(seq),
    onTakenBack: (room) => noted.takenBack.push(room),
  });
  const see = (lastSeq, readSeq) => reader.sawNewest({ ...lobby(arrived()), lastSeq, readSeq });
  return { clock, reader, see, noted };
}

/** What is up to 5 was read while the connection was away, and the server, which greets again, has 4 as read. */
function readOffline(lastSeq) {
  const parts = reading({ isConnected: false });
  parts.see(5, 4);
  parts.clock.advance(1_000);
  parts.noted.isConnected = true;
  parts.reader.greeted(hello(lastSeq, { read: 4 }));
  return parts;
}

test("reading counts at once here, and is sent once a second", () => {
  const { clock, see, noted } = reading();
  see(5, 4);
  see(6, 5);
  assert.deepEqual([noted.read, noted.sent], [[5, 6], []]);

  clock.advance(1_000);
  see(6, 6);
  clock.advance(5_000);

  assert.deepEqual(noted.sent, [6]);
});

test("what was taken back elsewhere is not sent as read, until it is seen again", () => {
  const { clock, reader, see, noted } = reading();
  see(5, 4);
  reader.received({ type: "read", room: 1, seq: 2, back: true });
  clock.advance(1_000);
  assert.deepEqual(noted.sent, []);

  see(5, 2);
  clock.advance(1_000);
  assert.deepEqual(noted.sent, [5]);
});

test("what was read without a connection is sent after the next hello", () => {
  const { clock, see, noted } = readOffline(5);

  see(5, 5);
  clock.advance(1_000);

  assert.deepEqual(noted.sent, [5]);
});

test("what the server has is not sent again", () => {
  const { clock, reader, see, noted } = reading();
  reader.greeted(hello(5, { read: 5 }));
  see(5, 5);
  clock.advance(5_000);

  assert.deepEqual(noted.sent, []);
});

test("what was read is sent at once when the page is left, and once only", () => {
  const { clock, reader, see, noted } = reading();
  see(5, 4);

  reader.flush();
  clock.advance(1_000);

  assert.deepEqual(noted.sent, [5]);
});

test("what was read without a connection is still read after the next hello, and then sent", () => {
  const { clock, noted } = readOffline(6);

  clock.advance(1_000);

  assert.deepEqual([noted.read, noted.sent], [[5, 5], [5]]);
});

test("reading further is sent although less was read elsewhere meanwhile", () => {
  const { clock, reader, see, noted } = reading();
  see(5, 2);
  reader.received({ type: "read", room: 1, seq: 4 });
  clock.advance(1_000);

  assert.deepEqual(noted.sent, [5]);
});

test("what was read before one takes it back is not sent behind it", () => {
  const { clock, reader, see, noted } = reading();
  see(5, 4);
  reader.takenBack(1);
  clock.advance(1_000);

  assert.deepEqual([noted.sent, noted.takenBack], [[], [1]]);
});
