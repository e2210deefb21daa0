import assert from "node:assert/strict";
import { test } from "node:test";

import { Tus, metadata } from "../../../static/js/files/tus.js";
import { Uploads } from "../../../static/js/files/uploads.js";
import { chosen, id } from "../factories.js";
import { FakeClock } from "../fakes.js";

const settled = async () => {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const answer = (status, { headers = {}, body = null } = {}) => ({ status, header: (name) => headers[name] ?? null, json: () => body });
const at = (offset, status = 204) => answer(status, { headers: { "Upload-Offset": String(offset) } });
const judged = (file = {}) => answer(200, { body: { file } });
const refusal = (status, message, retryAfter, code = "no") =>
  answer(status, { headers: retryAfter ? { "Retry-After": String(retryAfter) } : {}, body: { error: { code, message } } });
const NOTHING = answer(0);

/** Uploads over a network that answers as `answers` say, in turn; a function makes one of what was asked. */
function opened(answers, { bytes = new Blob(["x".repeat(1_000)]), tookMs = 0 } = {}) {
  const clock = new FakeClock();
  const noted = { asked: [], changes: [], refused: [] };
  const send = async (sent) => {
    noted.asked.push(sent);
    clock.advance(tookMs);
    const next = answers.shift() ?? NOTHING;
    return typeof next === "function" ? next(sent) : next;
  };
  const uploads = new Uploads({
    ...{ tus: new Tus(send, "token"), clock, random: () => 1, bytesOf: async () => bytes, alone: (_, __, run) => run() },
    onChange: (file, values) => noted.changes.push([file, values]),
    onRefused: (file, reason) => noted.refused.push([file, reason]),
  });
  const methods = () => noted.asked.map(({ method }) => method);
  return { clock, methods, noted, uploads, last: () => noted.changes.at(-1) };
}

test("a file is begun, sent and judged; what the server says of it counts", async () => {
  const { last, methods, noted, uploads } = opened([at(0, 201), at(1_000), judged({ kind: "picture", width: 6 })]);

  uploads.begin(chosen(1, { alt: "ein Boot am Ufer, früh" }));
  await settled();

  assert.deepEqual(methods(), ["POST", "PATCH", "GET"]);
  assert.deepEqual(last(), [id(1), { kind: "picture", width: 6, sent: 1_000, whole: true }]);
  const [begun, piece] = noted.asked.map(({ headers }) => headers);
  assert.deepEqual([begun["Tus-Resumable"], begun["X-CSRF-Token"], begun["Upload-Length"]], ["1.0.0", "token", "1000"]);
  assert.deepEqual([piece["Upload-Offset"], piece["Content-Type"]], ["0", "application/offset+octet-stream"]);
  const alt = /alt (\S+)/.exec(begun["Upload-Metadata"])[1];
  assert.equal(Buffer.from(alt, "base64").toString(), "ein Boot am Ufer, früh");
});

test("the words of the metadata are what the protocol asks for", () => {
  assert.equal(metadata({ filename: "лодка.png", filetype: "", id: "a" }), "filename 0LvQvtC00LrQsC5wbmc=,id YQ==");
});

test("after a cut it goes on where the server is, and waits longer each time that nothing comes", async () => {
  const { clock, noted, uploads } = opened([at(0, 201), NOTHING, NOTHING, NOTHING, at(400, 201), at(1_000), judged()]);
  uploads.begin(chosen(1));

  for (const [pauseMs, count] of [[1_000, 2], [2_000, 3], [4_000, 4]]) {
    await settled();
    clock.advance(pauseMs - 1);
    await settled();
    assert.equal(noted.asked.length, count);
    clock.advance(1);
  }
  await settled();

  assert.deepEqual(noted.asked.map(({ headers }) => headers["Upload-Offset"]).filter(Boolean), ["0", "400"]);
  assert.deepEqual(noted.changes.at(-1)[1], { sent: 1_000, whole: true });
});

test("once the network is there again nothing waits", async () => {
  const { noted, uploads } = opened([NOTHING, at(1_000, 201), judged()]);
  uploads.begin(chosen(1));
  await settled();
  assert.equal(noted.asked.length, 1);

  uploads.wake();
  await settled();

  assert.equal(noted.changes.at(-1)[1].whole, true);
});

test("refusals of the moment are tried again, after the time that the server says", async () => {
  for (const passing of [refusal(409, "Elsewhere.", 0, "offset_conflict"), refusal(429, "Slow down.", 3), refusal(404, "Gone."), refusal(503, "Back soon.")]) {
    const { clock, noted, uploads } = opened([at(0, 201), passing, at(0, 201), at(1_000), judged()]);
    uploads.begin(chosen(1));
    await settled();
    const pauseMs = passing.header("Retry-After") ? 3_000 : 1_000;

    clock.advance(pauseMs - 1);
    await settled();
    assert.equal(noted.asked.length, 2);
    clock.advance(1);
    await settled();

    assert.deepEqual([noted.refused, noted.changes.at(-1)[1].whole], [[], true]);
  }
});

test("what the server does not take ends with its sentence, and the next file goes on", async () => {
  for (const status of [400, 403, 409, 413, 507]) {
    const { clock, noted, uploads } = opened([refusal(status, "No."), at(1_000, 201), judged()]);
    uploads.begin(chosen(1));
    await settled();
    uploads.begin(chosen(2));
    await settled();
    clock.advance(60_000);
    await settled();

    assert.deepEqual(noted.refused, [[id(1), "No."]]);
    assert.equal(noted.asked.length, 3);
  }
});

test("a file that is no longer in the browser is whole if the server has it, and else has to be chosen again", async () => {
  const whole = opened([at(1_000, 201), judged()], { bytes: null });
  whole.uploads.begin(chosen(1));
  await settled();
  assert.equal(whole.last()[1].whole, true);

  const lost = opened([at(400, 201)], { bytes: null });
  lost.uploads.begin(chosen(1));
  await settled();
  assert.match(lost.noted.refused[0][1], /Choose it again/);
});

test("two go at once, the others wait for their turn", async () => {
  const open = [];
  const { noted, uploads } = opened(Array.from({ length: 5 }, () => () => new Promise((resolve) => open.push(resolve))));

  for (const number of [1, 2, 3]) uploads.begin(chosen(number));
  uploads.begin(chosen(1));
  await settled();
  assert.equal(noted.asked.length, 2);
  open[0](refusal(400, "No."));
  await settled();

  assert.equal(noted.asked.length, 3);
});

test("what is stopped sends nothing more, and can be begun again", async () => {
  const { clock, noted, uploads } = opened([at(0, 201), NOTHING, at(0, 201), at(1_000), judged()]);
  uploads.begin(chosen(1));
  await settled();

  uploads.stop(id(1));
  clock.advance(60_000);
  await settled();
  assert.deepEqual([noted.asked.length, noted.refused], [2, []]);
  uploads.begin(chosen(1));
  await settled();

  assert.equal(noted.changes.at(-1)[1].whole, true);
});

test("pieces grow on a fast network and shrink on a slow one", async () => {
  const bytes = new Blob([new Uint8Array(3_000_000)]);
  const sizes = async (tookMs) => {
    const reply = ({ body, headers }) => at(body ? Number(headers["Upload-Offset"]) + body.size : 0);
    const { noted, uploads } = opened([...Array(4).fill(reply)], { bytes, tookMs });
    uploads.begin(chosen(1, { size: 3_000_000 }));
    await settled();
    return noted.asked.flatMap(({ body }) => body?.size ?? []).slice(0, 3);
  };

  assert.deepEqual(await sizes(10), [262_144, 524_288, 1_048_576]);
  assert.deepEqual(await sizes(20_000), [262_144, 131_072, 65_536]);
});

test("a file that is judged later is asked for until it is", async () => {
  const { clock, last, methods, uploads } = opened([at(1_000, 201), answer(202, { body: { received: 1_000 } }), judged({ kind: "file" })]);
  uploads.begin(chosen(1));
  await settled();
  clock.advance(1_000);
  await settled();

  assert.deepEqual(methods(), ["POST", "GET", "GET"]);
  assert.equal(last()[1].kind, "file");
});
