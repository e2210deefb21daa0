import assert from "node:assert/strict";
import { test } from "node:test";

import { reduce } from "../../../static/js/state/reducer.js";
import { unread } from "../../../static/js/state/room.js";
import { isUpToDate, position } from "../../../static/js/state/selectors.js";
import { Store } from "../../../static/js/state/store.js";
import { ALICE, BOB, EPOCH, NOW, OTHER_EPOCH, acknowledged, applied, arrived, event, hello, id, lobby, message, page, pending, range, seqs, summary } from "../factories.js";
import { randomFrom } from "../fakes.js";

const live = (rev) => ({ type: "live", room: 1, rev });
const fetching = (edge) => ({ type: "fetching", room: 1, edge });
const loaded = (edge, bound, content) => ({ type: "page", room: 1, edge, bound, page: content });
const called = (seq, options) => event(seq, { mentions: [ALICE.id], ...options });
const read = (seq) => ({ type: "read", room: 1, seq });
const takenBack = (seq, lists = {}) => ({ type: "read", room: 1, seq, back: true, ...lists });
/** How many are unread, and which of them mention Alice. */
const counts = (state) => [unread(lobby(state)), lobby(state).calls];
const following = (value) => ({ type: "following", room: 1, following: value });

test("a message is inserted by seq and raises the cursor", () => {
  const state = applied(arrived(1, 2), event(3));

  assert.deepEqual(seqs(state), [1, 2, 3]);
  assert.equal(lobby(state).cursor, 3);
});

test("applying an event again changes nothing", () => {
  const once = applied(arrived(1, 2), hello(4), event(3), live(4), event(4), { type: "read", room: 1, seq: 4 });
  const again = applied(once, event(3), event(4), live(4), { type: "read", room: 1, seq: 3 });

  assert.deepEqual(again, once);
});

test("a newer state of a message replaces it, an older one does not, and both raise the cursor", () => {
  const state = applied(arrived(1, 3), event(2, { rev: 5, text: "edited" }), event(2, { rev: 4, text: "before" }));

  assert.equal(lobby(state).messages[1].text, "edited");
  assert.equal(lobby(state).cursor, 5);
});

test("changes come by rising rev, which need not be by rising seq", () => {
  const state = applied(arrived(1, 2), event(4, { rev: 4 }), event(3, { rev: 5 }));

  assert.deepEqual(seqs(state), [1, 2, 3, 4]);
});

test("a message outside the loaded window raises the cursor only", () => {
  const state = applied(arrived(50, 60), event(3, { rev: 61 }));

  assert.equal(seqs(state)[0], 50);
  assert.equal(lobby(state).cursor, 61);
  assert.ok(lobby(state).atEnd);
});

test("while following, the far end of a long window is trimmed and can be loaded again", () => {
  const state = applied(arrived(1, 300), event(301), event(302));

  assert.deepEqual(seqs(state), range(3, 302));
  assert.equal(lobby(state).atStart, false);
});

test("a reader further up keeps what is read; new messages are left for later once there are too many", () => {
  const state = applied(arrived(1, 300), following(false), ...range(301, 700).map((seq) => event(seq)));

  assert.deepEqual(seqs(state), range(1, 600));
  assert.deepEqual([lobby(state).atEnd, lobby(state).cursor, lobby(state).lastSeq], [false, 700, 700]);
});

test("an older page joins at the top and pushes the newest out of the window", () => {
  const state = applied(arrived(101, 400), fetching("older"), loaded("older", 101, page(51, 100, 400)), event(401));

  assert.deepEqual(seqs(state), range(51, 350));
  assert.deepEqual([lobby(state).atStart, lobby(state).atEnd, lobby(state).cursor], [false, false, 401]);
});

test("the oldest page says that nothing is older", () => {
  const state = applied(arrived(31, 60), fetching("older"), loaded("older", 31, page(1, 30, 60)));

  assert.deepEqual(seqs(state), range(1, 60));
  assert.ok(lobby(state).atStart && lobby(state).atEnd);
});

test("a page that no longer fits is dropped", () => {
  const state = applied(arrived(101, 150), fetching("older"), loaded("older", 90, page(40, 89, 150)));

  assert.deepEqual(seqs(state), range(101, 150));
  assert.equal(lobby(state).loading.older, "idle");
});

test("newer pages lead back to the end, with what the stream brought while they were under way", () => {
  const away = applied(arrived(101, 400), fetching("older"), loaded("older", 101, page(51, 100, 400)));
  const back = applied(away, fetching("newer"), event(401), event(402), loaded("newer", 350, page(351, 400, 400)));

  assert.deepEqual(seqs(back), range(103, 402));
  assert.deepEqual([lobby(back).atStart, lobby(back).atEnd], [false, true]);
});

test("a change that overtakes the page that holds the message is not lost", () => {
  const state = applied(arrived(51, 60), fetching("older"), event(5, { rev: 61, text: "edited" }), loaded("older", 51, page(1, 50, 60)));

  assert.equal(lobby(state).messages[4].text, "edited");
});

test("jumping elsewhere replaces the window", () => {
  const there = applied(arrived(951, 1000), fetching("all"), loaded("all", 500, page(475, 524, 1000)), event(1001));
  const back = applied(there, fetching("all"), event(1002), loaded("all", 0, page(952, 1001, 1001, 1001)));

  assert.deepEqual(seqs(there), range(475, 524));
  assert.equal(lobby(there).atEnd, false);
  assert.deepEqual(seqs(back), range(952, 1002));
  assert.ok(lobby(back).atEnd);
});

test("a failed page can be asked for again", () => {
  const failed = applied(arrived(51, 60), fetching("older"), { type: "fetch-failed", room: 1, edge: "older" });

  assert.equal(lobby(failed).loading.older, "failed");
  assert.equal(lobby(applied(failed, fetching("older"))).loading.older, "loading");
});

test("after a reset the cursor counts only once the page is there", () => {
  const reset = applied(arrived(1, 60), hello(80, { epoch: OTHER_EPOCH }), { type: "reset", room: 1, rev: 80 }, event(81));
  const whole = applied(reset, loaded("all", 0, page(31, 80, 80)));

  assert.deepEqual([lobby(reset).cursor, reset.epoch, isUpToDate(reset)], [60, EPOCH, false]);
  assert.deepEqual(seqs(reset), range(1, 60));
  assert.deepEqual([lobby(whole).cursor, whole.epoch, isUpToDate(whole)], [81, OTHER_EPOCH, true]);
  assert.deepEqual(seqs(whole), range(31, 81));
});

test("a reset to an older backup forgets what is not there any more, unread counts too", () => {
  const state = applied(arrived(1, 60), hello(20, { epoch: OTHER_EPOCH }), { type: "reset", room: 1, rev: 20 }, live(20), loaded("all", 0, page(1, 20)));

  assert.deepEqual(seqs(state), range(1, 20));
  assert.deepEqual([lobby(state).lastSeq, lobby(state).readSeq, lobby(state).cursor, unread(lobby(state))], [20, 20, 20, 0]);
});

test("a connection lost before the page of a reset came resumes from the old cursor", () => {
  const state = applied(
    ...[arrived(1, 60), hello(80, { epoch: OTHER_EPOCH }), { type: "reset", room: 1, rev: 80 }, event(81)],
    { type: "connection", phase: "waiting", code: 1006 },
  );

  assert.deepEqual(position(state), { epoch: EPOCH, rooms: { 1: 60 } });
  assert.deepEqual(lobby(state).held, []);
});

test("pending messages survive a reset", () => {
  const state = applied(
    ...[arrived(1, 60), { type: "outbox", pending: [pending(1)], durable: true }, hello(80)],
    ...[{ type: "reset", room: 1, rev: 80 }, loaded("all", 0, page(31, 80))],
  );

  assert.deepEqual(state.pending, [pending(1)]);
});

test("up to date means live, and losing the connection ends it", () => {
  const greeted = applied(arrived(1, 3), hello(3));
  const current = applied(greeted, live(3));
  const lost = applied(current, { type: "connection", phase: "waiting", code: 1006 });

  assert.deepEqual([greeted, current, lost].map(isUpToDate), [false, true, false]);
});

test("heads ahead of the cursor mean that something is missing", () => {
  const current = applied(arrived(1, 3), hello(3), live(3));

  assert.deepEqual(position(current, { 1: 4 }), { epoch: EPOCH, rooms: { 1: 3 } });
  assert.deepEqual(position(current, { 1: 3 }).rooms, {});
  assert.equal(isUpToDate(applied(current, { type: "heads", rooms: { 1: 4 } })), false);
  assert.equal(isUpToDate(applied(current, { type: "heads", rooms: { 1: 3 } })), true);
});

test("an acknowledged message keeps its place until it comes by the stream", () => {
  const typed = applied(arrived(1, 1), { type: "outbox", pending: [pending(1)], durable: true });
  const settled = applied(typed, acknowledged(1, 2));
  const seen = applied(settled, event(2, { author: ALICE }));

  assert.deepEqual([settled.pending.length, settled.sent[0].seq], [0, 2]);
  assert.equal(seen.sent.length, 0);
  assert.equal(lobby(seen).messages[1].key, id(1));
});

test("an ack after the message leaves nothing behind", () => {
  const typed = applied(arrived(1, 1), { type: "outbox", pending: [pending(1)], durable: true });
  const state = applied(typed, event(2, { author: ALICE }), acknowledged(1, 2));

  assert.deepEqual([state.pending, state.sent], [[], []]);
});

test("who is here comes anew after each hello", () => {
  const here = (people, value = true) => ({ type: "presence", room: 1, here: value, people });
  const both = applied(arrived(), hello(), here([BOB, ALICE]));

  assert.deepEqual(lobby(both).people, [ALICE, BOB]);
  assert.deepEqual(lobby(applied(both, here([BOB], false))).people, [ALICE]);
  assert.deepEqual(lobby(applied(both, here([BOB]))).people, [ALICE, BOB]);
  assert.deepEqual(lobby(applied(both, hello())).people, []);
});

test("typing ends by itself, and with the message", () => {
  const typing = applied(arrived(), { type: "typing", room: 1, user: BOB });

  assert.equal(lobby(typing).typing.length, 1);
  assert.equal(lobby(reduce(typing, { type: "tick" }, NOW + 4_999)).typing.length, 1);
  assert.equal(lobby(reduce(typing, { type: "tick" }, NOW + 5_000)).typing.length, 0);
  assert.equal(lobby(applied(typing, event(1))).typing.length, 0);
  assert.equal(lobby(applied(arrived(), { type: "typing", room: 1, user: ALICE })).typing.length, 0);
});

test("what is taken back is new again, and stays unread while it is in view, until it is read anew", () => {
  const state = applied(arrived(1, 5), { type: "read", room: 1, seq: 5 }, { type: "read", room: 1, seq: 2, back: true });
  assert.deepEqual([unread(lobby(state)), lobby(state).newAt, lobby(state).keptUnread], [3, 3, true]);

  const read = lobby(applied(state, { type: "read", room: 1, seq: 5 }));
  assert.deepEqual([unread(read), read.keptUnread], [0, false]);
});

test("unread counts what others wrote after the last message read, and never moves back", () => {
  const state = applied(arrived(1, 5), event(6), event(7));

  assert.equal(unread(lobby(state)), 2);
  assert.equal(unread(lobby(applied(state, { type: "read", room: 1, seq: 7 }, { type: "read", room: 1, seq: 6 }))), 0);
  assert.equal(unread(lobby(applied(arrived(1, 5), event(6, { author: ALICE })))), 0);
});

test("the New line stays where it was at entry, and moves for someone who was away", () => {
  const entered = arrived(1, 5, { read: 3 });
  const watched = applied(entered, { type: "read", room: 1, seq: 5 }, event(6));
  const away = applied(watched, { type: "read", room: 1, seq: 6 }, { type: "attention", attending: false }, event(7), event(8));

  assert.deepEqual([entered, watched, away].map((state) => lobby(state).newAt), [4, 4, 7]);
});

test("patience with the connection lasts five seconds, and begins anew when all is well", () => {
  const lost = applied(applied(arrived(), hello(), live(0)), { type: "connection", phase: "waiting", code: 1006 });
  const overdue = reduce(lost, { type: "tick" }, NOW + 5_000);

  assert.equal(reduce(lost, { type: "tick" }, NOW + 4_999).connection.overdue, false);
  assert.equal(overdue.connection.overdue, true);
  assert.equal(applied(overdue, { type: "connection", phase: "connecting", code: 0 }).connection.overdue, true);
  assert.equal(applied(overdue, hello(), live(0)).connection.overdue, false);
});

test("a store calls its listeners for changes only", () => {
  const store = new Store(arrived(1, 3), () => NOW);
  let changes = 0;
  store.subscribe(() => (changes += 1));

  store.dispatch({ type: "read", room: 1, seq: 2 });
  store.dispatch(event(4));

  assert.equal(changes, 1);
});

const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 200 }, () => Math.floor(Math.random() * 2 ** 32));

const PEOPLE = [ALICE, BOB];
const MENTIONS = [undefined, [0], [ALICE.id], [BOB.id, ALICE.id]];
const sorted = ([count, seqs]) => [count, seqs.toSorted((one, other) => one - other)];

test("any snapshot and the events since make the same as a fresh snapshot", () => {
  for (const seed of SEEDS) {
    const random = randomFrom(seed);
    const below = (limit) => Math.floor(random() * limit);
    const mostListed = random() < 0.5 ? Infinity : 2;
    /** @type {any[]} the server: each message's present state, by rev */
    const room = [];
    let rev = 0;
    const act = () => {
      const isEdit = room.length > 0 && random() < 0.3;
      const seq = isEdit ? 1 + below(room.length) : room.length + 1;
      const author = room[seq - 1]?.author ?? PEOPLE[below(2)];
      if (room[seq - 1]?.deleted) return; // for good
      const now = random() < 0.1 ? { deleted: true, text: "" } : { mentions: MENTIONS[below(4)], text: `${seq} at ${rev + 1}` };
      room[seq - 1] = { ...message(seq, { author, ...now }), rev: ++rev };
    };
    let readSeq = 0;
    const seqsWhere = (is) => room.filter((each) => each.seq > readSeq && is(each)).map((each) => each.seq);
    /** What the server says of a room's unread messages, counted anew. */
    const unreadOnes = () => {
      const lists = [seqsWhere((each) => each.deleted), seqsWhere((each) => each.author === ALICE && !each.deleted)];
      const [deleted, own] = lists.map((seqs) => seqs.slice(0, mostListed));
      const calls = seqsWhere((each) => each.author !== ALICE && each.mentions?.some((id) => id === 0 || id === ALICE.id));
      const unlisted = lists.flat().length - deleted.length - own.length;
      return { deleted, own, calls, ...(unlisted && { unlisted, rev }) };
    };
    const greeting = () => hello(room.length, { read: readSeq, ...unreadOnes(), rev });
    const since = (cursor) => room.filter((each) => each.rev > cursor).sort((one, other) => one.rev - other.rev);
    const asEvent = (each) => ({ type: "message", room: 1, ...each });

    for (let count = below(40); count > 0; count -= 1) act();
    const start = applied(arrived(), { type: "fetching", room: 1, edge: "all" }, loaded("all", 0, { messages: [...room], last_seq: room.length, last_rev: rev }));
    let state = applied({ ...start, rooms: { 1: { ...lobby(start), cursor: rev } } }, greeting());
    for (let step = 0; step < 60; step += 1) {
      const batch = below(4);
      for (let count = 0; count < batch; count += 1) act();
      const delivered = since(lobby(state).cursor);
      const cut = random() < 0.2 ? below(delivered.length + 1) : delivered.length;
      const repeated = random() < 0.2 ? delivered.slice(0, below(delivered.length + 1)) : [];
      state = applied(state, ...delivered.slice(0, cut).map(asEvent), ...repeated.map(asEvent).filter((each) => each.rev <= lobby(state).cursor));
      const seen = lobby(state).lastSeq;
      if (seen > 0 && random() < 0.1) {
        readSeq = Math.max(readSeq, mostListed === Infinity ? 1 + below(seen) : seen); // people read to the end
        state = applied(state, read(readSeq));
      }
      // As by the server: when all that was published until then is on its way already.
      if (readSeq > 0 && random() < 0.1) {
        readSeq = below(readSeq);
        state = applied(state, ...since(lobby(state).cursor).map(asEvent), takenBack(readSeq, unreadOnes()));
      }
      if (random() < 0.05) state = applied(state, greeting());
    }
    state = applied(state, ...since(lobby(state).cursor).map(asEvent));

    assert.deepEqual(lobby(state).messages, room, `SEED=${seed}`);
    assert.equal(lobby(state).cursor, rev, `SEED=${seed}`);
    assert.deepEqual(sorted(counts(state)), sorted(counts(applied(arrived(), greeting()))), `SEED=${seed}`);
  }
});

test("unread mentions of oneself are counted, once each, until they are read", () => {
  const mine = called(3);
  const state = applied(arrived(1, 2, { attending: false }), mine, mine, event(4, { mentions: [BOB.id] }), event(5, { mentions: [0, ALICE.id] }));

  assert.deepEqual(counts(state), [3, [3, 5]]);
  assert.deepEqual(counts(applied(state, read(4))), [1, [5]]);
  assert.deepEqual(counts(applied(state, read(5))), [0, []]);
  assert.deepEqual(counts(applied(state, read(5), mine)), [0, []]);
});

test("an edit calls whom it names, once, and takes back the call of whom it no longer names", () => {
  const plain = applied(arrived(1, 2), live(2), event(3), event(4));
  const edited = applied(plain, called(3, { rev: 5 }));
  const again = applied(edited, called(3, { rev: 6, text: "more" }));
  const all = applied(again, event(3, { rev: 7, mentions: [0] }));

  assert.deepEqual([plain, edited, again, all].map((state) => counts(state)[1]), [[], [3], [3], [3]]);
  assert.deepEqual(counts(applied(all, event(3, { rev: 8 }))), [2, []]);
  assert.deepEqual(counts(applied(all, event(3, { rev: 8 }), called(3, { rev: 6 }))), [2, []], "an older state says nothing");
});

test("two mentions that are both deleted leave no call", () => {
  const state = applied(arrived(1, 2), live(2), called(3), called(4), event(3, { rev: 5, deleted: true }));

  assert.deepEqual(counts(state), [1, [4]]);
  assert.deepEqual(counts(applied(state, event(4, { rev: 6, deleted: true }))), [0, []]);
});

test("what is made unread again counts as the server says, also on pages that have no such message", () => {
  const state = applied(arrived(101, 150), live(150), takenBack(90, { deleted: [92, 93], own: [93, 95], calls: [96] }));

  assert.deepEqual(counts(state), [57, [96]]);
  assert.deepEqual(counts(applied(state, called(96, { rev: 151 }), event(97, { rev: 152, deleted: true }))), [56, [96]]);
  assert.deepEqual(counts(applied(state, event(96, { rev: 151 }))), [57, []]);
  assert.deepEqual(counts(applied(state, read(150))), [0, []]);
});

test("one's own messages neither count as unread nor mention oneself, whatever was read", () => {
  const own = (seq, options) => event(seq, { author: ALICE, mentions: [0], ...options });

  assert.deepEqual(counts(applied(arrived(1, 2), own(3))), [0, []]);
  assert.deepEqual(counts(applied(arrived(1, 5), live(5), takenBack(4), own(6), own(7), own(6, { rev: 8, deleted: true }))), [1, []]);
  assert.deepEqual(counts(applied(arrived(), hello(6, { read: 4, own: [6] }))), [1, []]);
  assert.equal(lobby(applied(arrived(), { ...hello(), type: "hello", rooms: [] }, { type: "room", ...summary(6, { read: 5, own: [6] }) })).newAt, 0);
});

test("a new connection counts as the server does", () => {
  const state = applied(arrived(1, 2, { read: 1 }), read(2), hello(5, { read: 1, deleted: [2], calls: [4, 5] }), called(5));

  assert.deepEqual(counts(state), [3, [4, 5]]);
  assert.deepEqual(counts(applied(state, hello(5))), [0, []]);
});

test("of messages that do not count and are not listed each counts once, whatever the stream brings again", () => {
  const state = applied(arrived(), hello(9, { rev: 12, read: 0, deleted: [1], unlisted: 4 }));

  assert.deepEqual(counts(state), [4, []]);
  assert.deepEqual(counts(applied(state, event(7, { rev: 12, deleted: true }))), [4, []], "the server has counted it");
  assert.deepEqual(counts(applied(state, event(8, { rev: 13, deleted: true }), event(10, { rev: 14 }))), [4, []]);
  assert.deepEqual(counts(applied(state, event(10, { rev: 13 }), read(9), event(11, { rev: 14 }))), [2, []]);
  assert.deepEqual(counts(applied(state, takenBack(0, { deleted: [1], unlisted: 3, rev: 12 }))), [5, []]);
});

test("what was kept unread is so no longer once it was read elsewhere, without a connection too", () => {
  const kept = applied(arrived(1, 5), takenBack(2));

  assert.deepEqual([2, 5].map((seq) => lobby(applied(kept, hello(5, { read: seq }))).keptUnread), [true, false]);
});
