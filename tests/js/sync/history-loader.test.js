import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../../static/js/sync/api.js";
import { History } from "../../../static/js/sync/history-loader.js";
import { Store } from "../../../static/js/state/store.js";
import { arrived, event, hello, lobby, page, range, seqs } from "../factories.js";
import { FakeClock } from "../fakes.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const answer = (body, status = 200) => new Response(JSON.stringify(body), { status });

/** A history whose server answers in turn with `answers`; a function is called, an Error is a failed request. */
function opened(state, answers) {
  const clock = new FakeClock();
  const store = new Store(state, clock.now);
  const noted = { paths: [], ended: 0, outside: 0 };
  const fetch = async (path) => {
    noted.paths.push(path);
    const next = answers.shift();
    if (next instanceof Error || next === undefined) throw next ?? new Error("offline");
    return next;
  };
  const history = new History({ store, api: new Api("token", fetch), clock, random: () => 0.5, onSessionEnded: () => (noted.ended += 1), onOutside: () => (noted.outside += 1) });
  return { clock, history, store, noted };
}

const reset = (store, rev) => {
  store.dispatch(hello(rev));
  store.dispatch({ type: "reset", room: 1, rev });
};

test("older messages are asked for by the seq of the first, once at a time", async () => {
  const { history, store, noted } = opened(arrived(51, 60), [answer(page(1, 50, 60))]);

  await Promise.all([history.older(), history.older()]);

  assert.deepEqual(noted.paths, ["/api/rooms/1/messages?limit=50&before=51"]);
  assert.deepEqual(seqs(store.state), range(1, 60));
});

test("nothing is asked for beyond the first message", async () => {
  const { history, noted } = opened(arrived(1, 60), []);

  await history.older();
  await history.newer();

  assert.deepEqual(noted.paths, []);
});

test("a page that fails is reported, and can be tried again", async () => {
  for (const failure of [new Error("offline"), answer({}, 503), answer({ messages: "?" })]) {
    const { history, store } = opened(arrived(51, 60), [failure, answer(page(1, 50, 60))]);

    await history.older();
    assert.equal(lobby(store.state).loading.older, "failed");
    await history.older();

    assert.equal(seqs(store.state)[0], 1);
  }
});

test("a reset is followed by the newest page, tried again until it comes", async () => {
  const { clock, store, noted } = opened(arrived(1, 60), [new Error("offline"), answer({}, 503), answer(page(31, 80))]);

  reset(store, 80);
  for (const delay of [0, 250, 500]) {
    clock.advance(delay);
    await settled();
  }

  assert.equal(noted.paths.length, 3);
  assert.deepEqual([seqs(store.state), lobby(store.state).phase], [range(31, 80), "live"]);
});

test("a page from before the reset does not count", async () => {
  const { clock, store } = opened(arrived(1, 60), [answer(page(30, 79)), answer(page(31, 80))]);

  reset(store, 80);
  await settled();
  assert.equal(lobby(store.state).phase, "stale");
  clock.advance(250);
  await settled();

  assert.equal(lobby(store.state).cursor, 80);
});

test("what the stream brings before the page stands after it", async () => {
  const { store } = opened(arrived(1, 60), [answer(page(31, 80))]);

  reset(store, 80);
  store.dispatch(event(81));
  store.dispatch(event(80, { rev: 82, text: "edited" }));
  await settled();

  assert.deepEqual(seqs(store.state), range(31, 81));
  assert.deepEqual([lobby(store.state).messages[49].text, lobby(store.state).cursor], ["edited", 82]);
});

test("a reset that a lost connection overtook asks no more", async () => {
  const { clock, store, noted } = opened(arrived(1, 60), [new Error("offline")]);

  reset(store, 80);
  await settled();
  store.dispatch({ type: "connection", phase: "waiting", code: 1006 });
  clock.advance(60_000);
  await settled();

  assert.equal(noted.paths.length, 1);
});

test("a page goes to the room it was asked for, though another is open by then", async () => {
  const state = arrived(51, 60);
  const { history, store, noted } = opened({ ...state, rooms: { ...state.rooms, 7: { ...lobby(state), id: 7, messages: [] } } }, [answer(page(1, 50, 60)), answer(page(1, 9))]);

  const older = history.older();
  store.dispatch({ type: "open", room: 7 });
  await Promise.all([older, history.newest()]);

  assert.deepEqual(noted.paths, ["/api/rooms/1/messages?limit=50&before=51", "/api/rooms/7/messages?limit=50&"]);
  assert.deepEqual([seqs(store.state), store.state.rooms[7].messages.length], [range(1, 60), 9]);
});

test("a room that was reset while it was open gets its page, though another is open by then", async () => {
  const state = arrived(1, 60);
  const { store, noted } = opened({ ...state, rooms: { ...state.rooms, 7: { ...lobby(state), id: 7, phase: "live" } } }, [answer(page(31, 80))]);

  store.dispatch({ type: "reset", room: 1, rev: 80 });
  store.dispatch({ type: "open", room: 7 });
  await settled();

  assert.deepEqual(noted.paths, ["/api/rooms/1/messages?limit=50"]);
  assert.deepEqual([seqs(store.state), store.state.rooms[7].messages.length], [range(31, 80), 60]);
});

test("an ended session is reported", async () => {
  const { history, noted } = opened(arrived(51, 60), [answer({}, 401)]);

  await history.check();

  assert.equal(noted.ended, 1);
});

test("that one is not in the room that is open is reported where nothing of it is here, and of no other", async () => {
  const state = arrived(51, 60);
  const plans = { ...lobby(state), id: 7, messages: [], atEnd: false };
  const { history, store, noted } = opened({ ...state, rooms: { ...state.rooms, 7: plans } }, Array.from({ length: 3 }, () => answer({}, 403)));

  await history.older(); // else a page would load itself again and again
  assert.deepEqual([noted.outside, lobby(store.state).loading.older], [0, "failed"]);
  store.dispatch({ type: "open", room: 7 });
  const all = history.newest();
  store.dispatch({ type: "open", room: 1 });
  await all;
  assert.equal(noted.outside, 0);

  store.dispatch({ type: "open", room: 7 });
  await history.newest();
  assert.equal(noted.outside, 1);
});
