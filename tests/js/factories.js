import { reduce } from "../../static/js/state/reducer.js";
import { emptyRoom } from "../../static/js/state/room.js";

export const EPOCH = "5e1c3c5c-6df5-4b62-8c0b-3b6a1f5b8a44";
export const OTHER_EPOCH = "6f2d4d6d-7e06-4c73-9d1c-4c7b2a6c9b55";
export const ALICE = { id: 3, login: "alice", name: "Alice" };
export const BOB = { id: 4, login: "bob", name: "Bob" };
export const NOW = 1_700_000_000_000;

export const id = (number) => `0b0f6a52-7f3c-4c1e-9d0a-${String(number).padStart(12, "0")}`;

export const message = (seq, { rev = seq, author = BOB, text = `message ${seq}`, time = "2026-01-01T12:00:00.000Z", mentions, deleted } = {}) => ({
  ...{ seq, rev, author, time, text, ...(mentions ? { mentions } : {}), ...(deleted ? { deleted } : {}) },
});

export const messages = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

export const event = (seq, options) => ({ type: "message", room: 1, ...message(seq, options) });

export const page = (from, to, last = to, lastRev = last) => ({ messages: messages(from, to), last_seq: last, last_rev: lastRev });

export const summary = (last = 0, { rev = last, read = last, deleted = [], own = [], calls = [], unlisted } = {}) => ({
  ...{ id: 1, kind: "open", name: "Lobby", topic: "", last_seq: last, last_rev: rev, read_seq: read },
  ...{ deleted, own, calls, mentions: calls.length, ...(unlisted && { unlisted }) },
});

export const hello = (last = 0, { epoch = EPOCH, ...values } = {}) => ({
  ...{ type: "hello", epoch, user: ALICE, rooms: [summary(last, values)], limits: { text: 4000 } },
});

/** The state of a page that arrived with the messages `from` to `to`. */
export function arrived(from = 1, to = 0, { read = to, attending = true } = {}) {
  const room = { ...emptyRoom(summary(to, { read })), messages: messages(from, to), atStart: from === 1, atEnd: true };
  return {
    ...{ me: ALICE, isAdmin: false, open: 1, epoch: EPOCH, serverEpoch: EPOCH, textLimit: 4000, rooms: { 1: room }, pending: [], sent: [] },
    ...{ durable: true, attending, connection: { phase: "connecting", lostAt: NOW, overdue: false, code: 0, offline: false } },
  };
}

export const applied = (state, ...actions) => actions.reduce((next, action) => reduce(next, action, NOW), state);

export const lobby = (state) => state.rooms[1];

export const seqs = (state) => lobby(state).messages.map((each) => each.seq);

export const pending = (number, text = `typed ${number}`) => ({
  ...{ id: id(number), room: 1, text, created: NOW + number, state: "waiting", reason: "" },
});

/** A file that somebody chose. */
export const chosen = (number, values = {}) => ({
  ...{ id: id(number), name: `picture ${number}.png`, size: 1_000, type: "image/png", kind: "picture", alt: "", ...values },
});

/** What the outbox makes of the ack of its only message. */
export const acknowledged = (number, seq) => ({
  ...{ type: "outbox", pending: [], durable: true, ack: { type: "ack", id: id(number), room: 1, seq, rev: seq } },
});

export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
