import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, delayAfter } from "../../../static/js/sync/connection.js";
import { EPOCH, event, hello, range } from "../factories.js";
import { FakeClock, FakeSocket, randomFrom } from "../fakes.js";

/** A connection, started, with all that it reported. */
function started({ random = () => 0.5, behind = {} } = {}) {
  const clock = new FakeClock();
  const noted = { sockets: [], events: [], phases: [], opened: 0, refused: 0, ended: 0 };
  const connection = new Connection({
    ...{ clock, random, open: () => noted.sockets[noted.sockets.push(new FakeSocket()) - 1] },
    position: (heads) => ({ epoch: EPOCH, rooms: heads ? behind : { 1: 60 } }),
    onEvent: (each) => noted.events.push(each.type),
    onPhase: (phase, code) => noted.phases.push(code ? `${phase} ${code}` : phase),
    onOpen: () => (noted.opened += 1),
    onRefused: () => (noted.refused += 1),
    onSessionEnded: () => (noted.ended += 1),
  });
  connection.start();
  return { clock, connection, noted, socket: () => noted.sockets.at(-1) };
}

function greeted(options) {
  const all = started(options);
  all.socket().receive(hello(60));
  return all;
}

test("the answer to hello is resume, with the cursors and their epoch", () => {
  const { socket, noted } = greeted();

  assert.deepEqual(socket().sent, [{ type: "resume", epoch: EPOCH, rooms: { 1: 60 } }]);
  assert.deepEqual([noted.events, noted.opened], [["hello"], 1]);
});

test("nothing is sent before the server has greeted", () => {
  const { connection, socket } = started();

  assert.equal(connection.send({ type: "typing", room: 1 }), false);
  socket().receive(hello());
  assert.equal(connection.send({ type: "typing", room: 1 }), true);
});

test("a socket that is on its way out is given nothing, and the sender gets that as an answer", () => {
  const { connection, socket } = greeted();
  const before = socket().sent.length;

  socket().readyState = 2;

  assert.equal(connection.send({ type: "typing", room: 1 }), false);
  assert.equal(socket().sent.length, before);
});

test("several events of a frame come in order", () => {
  const { socket, noted } = greeted();

  socket().receive(event(61), event(62), { type: "live", room: 1, rev: 62 });

  assert.deepEqual(noted.events, ["hello", "message", "message", "live"]);
});

test("a lost connection is tried again and resumes anew", () => {
  const { clock, socket, noted } = greeted();
  clock.advance(6_000);

  socket().closeWith(1006);
  clock.advance(500);
  socket().receive(hello(60));

  assert.deepEqual(noted.phases, ["connecting", "waiting 1006", "connecting"]);
  assert.equal(socket().sent[0].type, "resume");
});

test("delays grow from half a second to thirty, at random from zero up", () => {
  const luck = randomFrom(1);
  for (const attempt of range(0, 40)) {
    const longest = Math.min(30_000, 500 * 2 ** attempt);
    const delays = Array.from({ length: 200 }, () => delayAfter(1006, attempt, luck));

    assert.ok(delays.every((delay) => delay >= 0 && delay <= longest));
    assert.ok(Math.max(...delays) > longest * 0.9 && Math.min(...delays) < longest * 0.1);
  }
});

test("after a restart of the server everyone comes back within five seconds, spread out", () => {
  const luck = randomFrom(2);
  const delays = Array.from({ length: 200 }, () => delayAfter(1001, 0, luck));

  assert.ok(delays.every((delay) => delay <= 5_000));
  assert.ok(Math.max(...delays) > 4_500);
});

test("after a restart those who have something to send come back within half a second, once", () => {
  const { clock, connection, socket, noted } = greeted({ random: () => 1 });
  connection.hurry();
  socket().closeWith(1001);
  clock.advance(1_000);
  assert.equal(noted.sockets.length, 1);

  connection.hurry();
  clock.advance(499);
  connection.hurry();
  assert.equal(noted.sockets.length, 1);
  clock.advance(1);

  assert.equal(noted.sockets.length, 2);
});

test("hurry means nothing after another loss, nor after the end", () => {
  const { clock, connection, socket, noted } = greeted({ random: () => 1 });
  socket().closeWith(1013);
  clock.advance(100);
  connection.hurry();
  clock.advance(399);
  assert.equal(noted.sockets.length, 1);
  clock.advance(1);
  socket().receive(hello());

  socket().closeWith(1001);
  connection.stop();
  connection.hurry();
  clock.advance(100_000);

  assert.equal(noted.sockets.length, 2);
});

test("attempts that fail wait longer and longer; one that held begins anew", () => {
  const { clock, socket, noted } = started({ random: () => 1 });
  const waits = [];
  for (let count = 0; count < 8; count += 1) {
    socket().closeWith(1006);
    waits.push(clock.pending.at(-1));
    clock.advance(waits.at(-1));
  }
  socket().receive(hello());
  clock.advance(6_000);
  socket().closeWith(1006);

  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.deepEqual(clock.pending, [500]);
  assert.equal(noted.refused, 8);
});

test("a server that greets and closes at once is not hammered", () => {
  const { clock, socket } = started({ random: () => 1 });
  const waits = [];
  for (let count = 0; count < 4; count += 1) {
    socket().receive(hello());
    socket().closeWith(4009);
    waits.push(clock.pending.at(-1));
    clock.advance(waits.at(-1));
  }

  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000]);
});

test("every close code but 4001 leads back, 4001 to the log-in page for good", () => {
  for (const code of [1000, 1001, 1006, 1008, 1009, 1011, 1013, 4008, 4009, 4011]) {
    const { clock, socket, noted } = greeted();
    socket().closeWith(code);
    clock.advance(5_000);
    assert.deepEqual([noted.sockets.length, noted.ended], [2, 0], `${code}`);
    assert.ok(noted.phases.includes(`waiting ${code}`));
  }
  const { clock, connection, socket, noted } = greeted();
  socket().closeWith(4001);
  connection.tryNow();
  clock.advance(100_000);
  assert.deepEqual([noted.sockets.length, noted.ended], [1, 1]);
});

test("silence of fifty seconds is a lost connection; any event before that is not", () => {
  const { clock, socket, noted } = greeted();
  const first = socket();

  clock.advance(49_000);
  first.receive({ type: "heads", rooms: { 1: 60 } });
  clock.advance(49_000);
  assert.equal(noted.sockets.length, 1);
  clock.advance(1_500);

  assert.ok(first.isClosed);
  assert.equal(noted.sockets.length, 2);
});

test("a handshake that hangs is given up after ten seconds", () => {
  const { clock, noted } = started();

  clock.advance(10_500);

  assert.equal(noted.sockets.length, 2);
});

test("what a given-up socket still says is dropped", () => {
  const { clock, socket, noted } = greeted();
  const first = socket();
  clock.advance(50_500);

  first.receive(event(61));
  first.closeWith(1006);

  assert.deepEqual(noted.events, ["hello"]);
  assert.equal(noted.sockets.length, 2);
});

test("the reader or the network being back is a reason to try at once", () => {
  const { clock, connection, socket, noted } = started();
  socket().closeWith(1006);

  connection.tryNow();
  assert.equal(noted.sockets.length, 2);
  connection.tryNow();
  clock.advance(9_000);

  assert.equal(noted.sockets.length, 2);
});

test("whoever comes back gets a new connection for one that has been silent, and keeps one that has just brought something", () => {
  const { clock, connection, socket, noted } = greeted();
  clock.advance(20_000);
  connection.tryNow();
  assert.equal(noted.sockets.length, 1);

  clock.advance(10_000);
  const silent = socket();
  connection.tryNow();

  assert.ok(silent.isClosed);
  assert.equal(noted.sockets.length, 2);
});

test("heads ahead of the cursor make it resume the rooms that are behind", () => {
  const { socket } = greeted({ behind: { 1: 60 } });
  socket().receive({ type: "heads", rooms: { 1: 61 } });

  assert.deepEqual(socket().sent.slice(1), [{ type: "resume", epoch: EPOCH, rooms: { 1: 60 } }]);
});

test("heads with nothing new are answered by nothing", () => {
  const { socket } = greeted();
  socket().receive({ type: "heads", rooms: { 1: 60 } });

  assert.equal(socket().sent.length, 1);
});

test("a frame that breaks the contract is a lost connection, not a lost event", () => {
  const { socket, noted } = greeted();
  const first = socket();
  first.hearText('{"type":"message","room":1}');

  assert.ok(first.isClosed);
  assert.equal(noted.phases.at(-1), "waiting 1006");
});

test("a stopped connection leaves no timer behind", () => {
  const { clock, connection } = greeted();
  connection.stop();

  assert.deepEqual(clock.pending, []);
});

test("a network that is lost is noticed at once, and one that is back is used at once", () => {
  const { clock, connection, noted } = greeted();

  connection.offline();
  assert.deepEqual(noted.phases, ["connecting", "waiting 1006"]);
  assert.equal(noted.sockets[0].isClosed, true);
  for (let tries = 0; tries < 12; tries += 1) {
    clock.advance(30_000);
    noted.sockets.at(-1).closeWith(1006);
  }
  const before = noted.sockets.length;
  connection.online();

  assert.equal(noted.sockets.length, before + 1);
  noted.sockets.at(-1).closeWith(1006);
  clock.advance(250);
  assert.equal(noted.sockets.length, before + 2); // the tries without a network do not count
});

test("a try that began without a network is given up when there is one", () => {
  const { connection, noted } = started();

  connection.online();

  assert.deepEqual([noted.sockets.length, noted.sockets[0].isClosed], [2, true]);
});

test("after its end no network changes anything", () => {
  const { connection, noted } = greeted();
  connection.stop();

  connection.offline();
  connection.online();

  assert.equal(noted.sockets.length, 1);
});
