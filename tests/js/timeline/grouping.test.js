import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "America/New_York";
Object.defineProperty(globalThis, "navigator", { value: { languages: ["en-GB"] }, configurable: true });
const { timeline } = await import("../../../static/js/timeline/grouping.js");
const { dayLabel } = await import("../../../static/js/lib/calendar.js");
const { ALICE, BOB, acknowledged, applied, arrived, event, hello, lobby, message, pending } = await import("../factories.js");

const NOW = Date.parse("2026-01-02T12:00:00Z");
const at = (time, author = BOB) => ({ author, time });

/** The lines of a room with these messages: a day's label, "New", or the seq, with `+` where it continues a group. */
function lines(list, change = (state) => state) {
  const state = change(applied(arrived(), ...list.map((options, index) => event(index + 1, options))));
  return timeline(state, lobby(state), NOW).map((item) => {
    if (item.kind === "day") return item.label;
    if (item.kind === "new") return "New";
    return `${item.startsGroup ? "" : "+"}${item.message?.seq ?? item.text}`;
  });
}

const newAt = (seq) => (state) => ({ ...state, rooms: { 1: { ...lobby(state), newAt: seq } } });

test("messages of one author within five minutes are a group", () => {
  const list = [at("2026-01-02T12:00:00Z"), at("2026-01-02T12:05:00Z"), at("2026-01-02T12:10:00.001Z"), at("2026-01-02T12:10:01Z", ALICE)];

  assert.deepEqual(lines(list), ["Today", "1", "+2", "3", "4"]);
});

test("days begin at midnight where the reader is, and break groups", () => {
  const list = [at("2026-01-01T04:59:00Z"), at("2026-01-01T05:01:00Z"), at("2026-01-02T05:00:00Z")];

  assert.deepEqual(lines(list), ["Wednesday, 31 December 2025", "1", "Yesterday", "2", "Today", "3"]);
});

test("the New line stands above the first message of someone else, and breaks groups", () => {
  const same = at("2026-01-02T12:00:00Z");

  assert.deepEqual(lines([same, same, same], newAt(2)), ["Today", "1", "New", "2", "+3"]);
  assert.deepEqual(lines([same, at(same.time, ALICE), same], newAt(2)), ["Today", "1", "2", "New", "3"]);
  assert.deepEqual(lines([same, same], newAt(3)), ["Today", "1", "+2"]);
});

test("the New line waits until its place is loaded", () => {
  const state = arrived(50, 60);
  const kinds = (seq) => timeline(newAt(seq)(state), lobby(newAt(seq)(state)), NOW).map((item) => item.kind);

  assert.ok(!kinds(40).includes("new"));
  assert.ok(kinds(50).includes("new"));
});

test("messages on their way stand at the end, in the order of typing", () => {
  const waiting = (state) => ({ ...state, pending: [pending(2, "b")], sent: [{ ...pending(1, "a"), seq: 2 }] });

  assert.deepEqual(lines([at("2023-11-14T22:13:20Z", ALICE)], waiting).slice(1), ["1", "+a", "+b"]);
});

test("messages on their way are not shown in the middle of the past", () => {
  const state = { ...arrived(1, 3), pending: [pending(1)] };
  const past = { ...state, rooms: { 1: { ...lobby(state), atEnd: false } } };

  assert.equal(timeline(past, lobby(past), NOW).filter((item) => item.kind === "message").length, 3);
});

test("a message keeps the place of the pending one that it was", () => {
  const typed = applied({ ...arrived(1, 1), pending: [pending(1)] }, acknowledged(1, 2));
  const seen = applied(typed, event(2, { author: ALICE }));
  const keys = (state) => timeline(state, lobby(state), NOW).filter((item) => item.kind === "message").map((item) => item.key);

  assert.deepEqual(keys(seen), keys(typed));
});

test("a clock that runs ahead by a day does not make tomorrow today", () => {
  assert.equal(dayLabel(Date.parse("2026-01-03T12:00:00Z"), NOW), "Saturday, 3 January");
  assert.equal(message(1).seq, 1);
});

test("a message calls whom it mentions, or all but its author; one on its way calls nobody yet", () => {
  const mentioned = [[ALICE.id], [BOB.id], [0], undefined].map((mentions) => ({ ...at("2026-01-02T12:00:00Z"), mentions }));
  const own = { ...at("2026-01-02T12:00:00Z", ALICE), mentions: [0, ALICE.id] };
  const received = applied(arrived(), ...[...mentioned, own].map((options, index) => event(index + 1, options)));
  const state = { ...received, pending: [pending(1)] };

  const items = timeline(state, lobby(state), NOW).filter((item) => item.kind === "message");

  assert.deepEqual(items.map((item) => item.calls), [true, false, true, false, false, false]);
});

test("what is not sent says why: it is on its way, waits for the network, or is late", () => {
  const reasons = (...actions) => {
    const entries = [pending(1), { ...pending(2), state: "late" }, { ...pending(3), state: "failed", reason: "No." }];
    const state = { ...applied(arrived(), ...actions), pending: entries };
    return timeline(state, lobby(state), NOW).flatMap((item) => (item.kind === "message" ? [item.reason] : []));
  };
  const lost = { type: "connection", phase: "waiting", code: 1006 };
  const network = (online) => ({ type: "network", online });
  const waiting = ["Waiting for the network", "Waiting for the network", "No."];

  assert.deepEqual(reasons(hello()), ["sending…", "Not sent", "No."]);
  assert.deepEqual(reasons(hello(), lost), ["sending…", "Not sent", "No."]);
  assert.deepEqual(reasons(hello(), network(false), lost), waiting);
  assert.deepEqual(reasons(hello(), network(false), lost, network(true)), ["sending…", "Not sent", "No."]);
  assert.deepEqual(reasons(hello(), network(false), lost, hello()), ["sending…", "Not sent", "No."]);
  assert.deepEqual(reasons(hello(), network(false)), ["sending…", "Not sent", "No."]); // the connection still stands
  assert.deepEqual(reasons(hello(), network(false), lost, hello(), lost), ["sending…", "Not sent", "No."]);
  const long = { ...applied(arrived(), lost), pending: [pending(1)] };
  const overdue = { ...long, connection: { ...long.connection, overdue: true } };
  const { reason, status } = timeline(overdue, lobby(overdue), NOW).at(-1);
  assert.deepEqual([reason, status], ["Waiting for the network", "late"]);
});

test("what is written in a room whose messages have not come is shown, and in one that is read further up it is not", () => {
  const written = (room) => timeline({ ...arrived(), pending: [pending(1)] }, { ...lobby(arrived()), ...room }, NOW).map(({ text }) => text);

  assert.deepEqual(written({ atEnd: false, atStart: false }), [undefined, "typed 1"]);
  assert.deepEqual(written({ atEnd: false, messages: [message(1)] }), [undefined, "message 1"]);
});
