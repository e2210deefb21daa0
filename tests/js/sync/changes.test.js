import assert from "node:assert/strict";
import { test } from "node:test";

import { Changes } from "../../../static/js/sync/changes.js";
import { id } from "../factories.js";
import { FakeClock } from "../fakes.js";

let made = 0;

/** The changes of one page, and what was sent and what became of it. */
function page() {
  const clock = new FakeClock();
  const noted = { sent: [], ended: [] };
  const changes = new Changes({ clock, uuid: () => id(++made), send: (command) => Boolean(noted.sent.push(command)) });
  const edit = (text) => changes.add({ type: "edit", room: 1, seq: 1, text }, (refusal) => noted.ended.push([text, refusal]));
  const acknowledge = (command = noted.sent.at(-1)) => changes.acknowledged({ type: "ack", id: command.id, room: 1, seq: 1, rev: 2 });
  const refuse = (retryAfter) => changes.refused({ type: "error", id: noted.sent.at(-1).id, code: "x", message: "No.", retry_after: retryAfter });
  return { acknowledge, changes, clock, edit, refuse, noted };
}

const texts = (noted) => noted.sent.map((command) => command.text);

test("changes wait for a connection, then go one at a time in their order", () => {
  const { acknowledge, changes, edit, noted } = page();
  for (const text of ["one", "two"]) edit(text);
  assert.deepEqual(texts(noted), []);

  changes.connected();
  assert.deepEqual(texts(noted), ["one"]);
  acknowledge();
  acknowledge();

  assert.deepEqual(texts(noted), ["one", "two"]);
  assert.deepEqual(noted.ended, [["one", ""], ["two", ""]]);
  assert.ok(changes.isEmpty);
});

test("a change whose ack was lost with the connection is sent again, with the same id", () => {
  const { acknowledge, changes, edit, noted } = page();
  changes.connected();
  edit("one");
  changes.disconnected(1006);
  edit("two");

  changes.connected();
  acknowledge();

  assert.deepEqual(texts(noted), ["one", "one", "two"]);
  assert.equal(noted.sent[0].id, noted.sent[1].id);
});

test("a change that is never answered is sent again", () => {
  const { changes, clock, edit, noted } = page();
  changes.connected();
  edit("one");

  clock.advance(10_000);

  assert.deepEqual(texts(noted), ["one", "one"]);
});

test("a refusal ends a change with its reason, and the next one goes", () => {
  const { changes, edit, refuse, noted } = page();
  changes.connected();
  for (const text of ["one", "two"]) edit(text);

  refuse();

  assert.deepEqual(noted.ended, [["one", "No."]]);
  assert.deepEqual(texts(noted), ["one", "two"]);
});

test("a change that has to wait goes again after that, before those behind it", () => {
  const { changes, clock, edit, refuse, noted } = page();
  changes.connected();
  for (const text of ["one", "two"]) edit(text);

  refuse(1.5);
  clock.advance(1_400);
  assert.deepEqual(texts(noted), ["one"]);
  clock.advance(100);

  assert.deepEqual(texts(noted), ["one", "one"]);
  assert.deepEqual(noted.ended, []);
});

test("a frame that made the server close is not sent again", () => {
  const { changes, edit, noted } = page();
  changes.connected();
  edit("one");

  changes.disconnected(1009);
  changes.connected();

  assert.deepEqual(texts(noted), ["one"]);
  assert.deepEqual(noted.ended, [["one", "The server could not take this change."]]);
});

test("a change that was dropped is not sent, and nobody is called about it", () => {
  const { acknowledge, changes, edit, noted } = page();
  changes.connected();
  edit("one");
  const second = edit("two");

  changes.drop(second);
  acknowledge();

  assert.deepEqual(texts(noted), ["one"]);
  assert.deepEqual(noted.ended, [["one", ""]]);
});
