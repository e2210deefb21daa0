import assert from "node:assert/strict";
import { test } from "node:test";

import { LIST, entriesOf, mayStay, pathOfRoom, stateOf } from "../../../static/js/kept/entries.js";
import { emptyRoom } from "../../../static/js/state/room.js";
import { timeline } from "../../../static/js/timeline/grouping.js";
import { NOW, arrived, summary } from "../factories.js";

const FACTS = { at: NOW, brand: "Our chat", sheet: ".blocked {}" };
const kept = (state, before = {}) => JSON.parse(JSON.stringify(entriesOf(state, before, FACTS)));
const texts = (state) => timeline(state, state.rooms[state.open], NOW).filter(({ kind }) => kind === "message").map(({ text }) => text);

test("what is kept shows the same messages again, and says when it was so", () => {
  const state = arrived(1, 3);
  const entries = kept(state);

  const shown = stateOf(entries[LIST], entries[pathOfRoom(1)], 1);

  assert.deepEqual(texts(shown), texts(state));
  assert.equal(texts(shown).length, 3);
  assert.equal(entries[pathOfRoom(1)].at, NOW);
  assert.equal(shown.me.login, state.me.login);
});

test("of a long room the newest fifty are kept, and it does not look as if they were all", () => {
  const { room } = kept(arrived(1, 80))[pathOfRoom(1)];

  assert.deepEqual([room.messages.length, room.messages[0].seq, room.atStart], [50, 31, false]);
  assert.equal(kept(arrived(1, 50))[pathOfRoom(1)].room.atStart, true);
});

test("a room without messages here is only listed, and nothing of its list is a message", () => {
  const state = arrived(1, 3);
  state.rooms[2] = emptyRoom({ ...summary(9), id: 2 });
  const entries = kept(state);

  assert.deepEqual(Object.keys(entries).sort(), [LIST, pathOfRoom(1)]);
  assert.deepEqual(entries[LIST].rooms.map(({ id, messages }) => [id, messages]), [[1, []], [2, []]]);
});

test("a room that did not change is not written again, but the open one is, as its time is another", () => {
  const state = arrived(1, 3);
  const other = { ...state.rooms[1], id: 2 };
  state.rooms = { ...state.rooms, 2: other };

  assert.deepEqual(Object.keys(kept(state, { 2: other })).sort(), [LIST, pathOfRoom(1)]);
  assert.deepEqual(Object.keys(kept(state, { 2: { ...other } })).sort(), [LIST, pathOfRoom(1), pathOfRoom(2)]);
});

test("of a room that one has left nothing may stay", () => {
  const state = arrived(1, 3);

  assert.deepEqual([LIST, pathOfRoom(1), pathOfRoom(2), "rooms/11"].map((path) => mayStay(state, path)), [true, true, false, false]);
});
