import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ProtocolError, asArrival, asPage, decode, encode, uuid } from "../../../static/js/sync/protocol.js";

const examples = (name) => JSON.parse(readFileSync(new URL(`../../protocol/${name}.json`, import.meta.url), "utf8"));
const commands = examples("commands");
const events = examples("events");

const parsed = (frame) => {
  try {
    return JSON.parse(frame);
  } catch {
    return null;
  }
};

test("every valid command is encoded to the letter", () => {
  for (const command of commands.valid) assert.deepEqual(JSON.parse(encode(command)), command);
});

test("no invalid command leaves the page", () => {
  for (const { why, frame } of commands.invalid) {
    const command = parsed(frame);
    if (command === null || Array.isArray(command)) continue;
    assert.throws(() => encode(command), ProtocolError, why);
  }
});

test("every valid event is decoded to the letter", () => {
  for (const event of events.valid) assert.deepEqual(decode(JSON.stringify(event)), [event]);
});

test("frames hold several events, and those of a later server are skipped", () => {
  for (const { why, frame, types } of events.frames) assert.deepEqual(decode(frame).map((event) => event.type), types, why);
});

test("keys that only a later server sends do not disturb", () => {
  const [event] = decode('{"type":"live","room":1,"rev":60,"mood":"good"}');

  assert.equal(event.type, "live");
});

test("an event that lacks what its type requires is an error, not a silent loss", () => {
  const broken = ["{", "[1]x", '{"type":"live","room":1}', '{"type":"message","room":1,"seq":1,"rev":1,"text":"no author"}'];

  for (const frame of broken) assert.throws(() => decode(frame), ProtocolError, frame);
});

test("names that every object inherits are no types", () => {
  assert.deepEqual(decode('{"type":"constructor"}\n{"type":"__proto__"}\n{"type":"toString"}'), []);
  assert.throws(() => encode({ type: "constructor" }), ProtocolError);
});

test("a page of history is checked", () => {
  const [message] = events.valid.filter((event) => event.type === "message");

  assert.equal(asPage({ messages: [message], last_seq: 57, last_rev: 60 }).messages.length, 1);
  for (const broken of [null, [], {}, { messages: [{}], last_seq: 1, last_rev: 1 }, { messages: [], last_seq: "1", last_rev: 1 }]) {
    assert.throws(() => asPage(broken), ProtocolError);
  }
});

test("what a page arrives with is checked as an event is", () => {
  const [{ epoch, limits, rooms, user }] = events.valid.filter((event) => event.type === "hello");
  const more = { is_admin: false, has_older: false, has_newer: true, marked: 0, csrf_token: "token" };
  const arrival = { epoch, limits, user, room: rooms[0], ...more };

  assert.equal(asArrival(arrival), arrival);
  for (const name of Object.keys(arrival)) assert.throws(() => asArrival({ ...arrival, [name]: undefined }), ProtocolError, name);
  for (const broken of [null, [], { ...arrival, room: { ...rooms[0], level: "loud" } }]) assert.throws(() => asArrival(broken), ProtocolError);
});

test("ids are UUIDs of version 4", () => {
  const ids = Array.from({ length: 1_000 }, () => uuid());

  assert.equal(new Set(ids).size, 1_000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(uuid((bytes) => bytes.fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
});
