import assert from "node:assert/strict";
import { test } from "node:test";

import { timeline } from "../../../static/js/timeline/grouping.js";
import { reduce } from "../../../static/js/state/reducer.js";
import { unread } from "../../../static/js/state/room.js";
import { isEmoji } from "../../../static/js/lib/text.js";
import { ALICE, BOB, NOW, applied, arrived, event, hello, lobby, pending } from "../factories.js";

const live = (rev) => ({ type: "live", room: 1, rev });
const gone = (seq, rev) => ({ ...event(seq, { rev, text: "" }), deleted: true });
const items = (state) => timeline(state, lobby(state), NOW).filter((item) => item.kind === "message");

test("an edit, reactions and a deletion replace the message whole", () => {
  const edited = { ...event(2, { rev: 4, text: "edited" }), edited: "2026-01-01T12:05:00.000Z", reactions: [{ emoji: "👍", people: [BOB] }] };
  const once = applied(arrived(1, 3), edited);
  const last = applied(once, gone(2, 5), edited);

  assert.deepEqual([lobby(once).messages[1].edited, lobby(once).messages[1].reactions], [edited.edited, edited.reactions]);
  assert.deepEqual([lobby(last).messages[1].deleted, lobby(last).messages[1].text, lobby(last).messages[1].reactions], [true, "", undefined]);
});

test("a deleted message does not count as unread, however often that comes, until it is read past", () => {
  const state = applied(arrived(1, 5, { read: 2 }), gone(4, 6), gone(4, 6), gone(1, 7));

  assert.equal(unread(lobby(state)), 2);
  assert.equal(unread(lobby(applied(state, { type: "read", room: 1, seq: 4 }))), 1);
  assert.equal(unread(lobby(applied(state, { type: "read", room: 1, seq: 5 }))), 0);
});

test("hello has the unread messages that were deleted", () => {
  const greeting = hello(8, { read: 2 });
  greeting.rooms[0].deleted = [4, 7];

  assert.equal(unread(lobby(applied(arrived(1, 5, { read: 2 }), greeting))), 4);
});

test("a change is no news: neither the New line nor who is typing moves for it", () => {
  const before = applied(arrived(1, 5, { read: 5, attending: false }), hello(5), live(5), event(6), { type: "read", room: 1, seq: 6 });
  const typing = applied(before, event(7), { type: "typing", room: 1, user: BOB });
  const after = reduce(typing, event(6, { rev: 8, text: "edited" }), NOW);

  assert.equal(lobby(after).newAt, lobby(typing).newAt);
  assert.equal(lobby(after).typing.length, 1);
});

test("a reply shows what the server quotes, and begins a group", () => {
  const quote = { author: ALICE, text: "why?" };
  const state = applied(arrived(1, 2), { ...event(3), reply_to: 1, quote });

  assert.deepEqual(items(state).map((item) => item.carried.quote), [undefined, undefined, quote]);
  assert.deepEqual(items(state).map((item) => item.startsGroup), [true, false, true]);
});

test("a reply that is not sent yet shows the message that it is for", () => {
  const state = applied(arrived(1, 2), { type: "outbox", pending: [{ ...pending(1), replyTo: 2 }], durable: true });

  assert.equal(items(state).at(-1).carried.quote.text, "message 2");
});

test("one emoji is one emoji", () => {
  for (const text of ["👍", "👍🏽", "❤️", "❤", "👩‍👩‍👧", "🇺🇦", "3️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☺️"]) assert.ok(isEmoji(text), text);
  for (const text of ["", "a", "3", "👍👍", "👍 ", " 👍", "ok", ":)", "👍\n", "🇺", "\u200d", "\ufe0f", "<b>"]) assert.ok(!isEmoji(text), text);
});
