import assert from "node:assert/strict";
import { test } from "node:test";

import { Changes } from "../../../static/js/sync/changes.js";
import { id } from "../factories.js";
import { FakeClock } from "../fakes.js";

let made = 0;

/** The changes of one page, and what was sent and told. */
function page() {
  const clock = new FakeClock();
  const told = { sent: [], ended: [] };
  const changes = new Changes({ clock, uuid: () => id(++made), send: (command) => Boolean(told.sent.push(command)) });
  const edit = (text) => changes.add({ type: "edit", room: 1, seq: 1, text }, (refusal) => told.ended.push([text, refusal]));
  const acknowledge = (command = told.sent.at(-1)) => changes.acknowledged({ type: "ack", id: command.id, room: 1, seq: 1, rev: 2 });
  const refuse = (retryAfter) => changes.refused({ type: "error", id: told.sent.at(-1).id, code: "x", message: "No.", retry_after: retryAfter });
  return { acknowledge, changes, clock, edit, refuse, told };
}

const texts = (told) => told.sent.map((command) => command.text);

test("changes wait for a connection, then go one at a time in their order", () => {
  const { acknowledge, changes, edit, told } = page();
  for (const text of ["one", "two"]) edit(text);
  assert.deepEqual(texts(told), []);

  changes.connected();
  assert.deepEqual(texts(told), ["one"]);
  acknowledge();
  acknowledge();

  assert.deepEqual(texts(told), ["one", "two"]);
  assert.deepEqual(told.ended, [["one", ""], ["two", ""]]);
  assert.ok(changes.isEmpty);
});

test("a change whose ack was lost with the connection is sent again, with the same id", () => {
  const { acknowledge, changes, edit, told } = page();
  changes.connected();
  edit("one");
  changes.disconnected(1006);
  edit("two");

  changes.connected();
  acknowledge();

  assert.deepEqual(texts(told), ["one", "one", "two"]);
  assert.equal(told.sent[0].id, told.sent[1].id);
});

test("a change that is never answered is sent again", () => {
  const { changes, clock, edit, told } = page();
  changes.connected();
  edit("one");

  clock.advance(10_000);

  assert.deepEqual(texts(told), ["one", "one"]);
});

test("a refusal ends a change with its reason, and the next one goes", () => {
  const { changes, edit, refuse, told } = page();
  changes.connected();
  for (const text of ["one", "two"]) edit(text);

  refuse();

  assert.deepEqual(told.ended, [["one", "No."]]);
  assert.deepEqual(texts(told), ["one", "two"]);
});

test("a change that has to wait goes again after that, before those behind it", () => {
  const { changes, clock, edit, refuse, told } = page();
  changes.connected();
  for (const text of ["one", "two"]) edit(text);

  refuse(1.5);
  clock.advance(1_400);
  assert.deepEqual(texts(told), ["one"]);
  clock.advance(100);

  assert.deepEqual(texts(told), ["one", "one"]);
  assert.deepEqual(told.ended, []);
});

test("a frame that made the server close is not sent again", () => {
  const { changes, edit, told } = page();
  changes.connected();
  edit("one");

  changes.disconnected(1009);
  changes.connected();

  assert.deepEqual(texts(told), ["one"]);
  assert.deepEqual(told.ended, [["one", "The server could not take this change."]]);
});

test("a change that was dropped is not sent, and nobody hears of it", () => {
  const { acknowledge, changes, edit, told } = page();
  changes.connected();
  edit("one");
  const second = edit("two");

  changes.drop(second);
  acknowledge();

  assert.deepEqual(texts(told), ["one"]);
  assert.deepEqual(told.ended, [["one", ""]]);
});
