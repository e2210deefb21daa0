import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { beginKeeping } from "../../../static/js/kept/cache.js";
import { putShared, sharedFor } from "../../../static/js/kept/shared.js";
import { NOW } from "../factories.js";
import { FakeCaches } from "../fakes.js";

const MINUTE_MS = 60_000;

/** @param {Record<string, string | File>} fields */
function form(fields) {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
}

beforeEach(() => {
  globalThis.location = new URL("https://chat.example/");
  globalThis.caches = new FakeCaches();
});

test("what is shared waits a quarter of an hour, and then goes", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: NOW });
  await putShared(form({ text: "a link" }));

  context.mock.timers.setTime(NOW + 15 * MINUTE_MS - 1);
  assert.equal((await sharedFor(3))?.text, "a link");
  context.mock.timers.setTime(NOW + 15 * MINUTE_MS);
  assert.equal(await sharedFor(3), null);
  assert.deepEqual(await caches.keys(), []);
});

test("it is for whoever was logged in here, and for nobody else", async () => {
  await beginKeeping(3);
  await putShared(form({ text: "a link" }));

  assert.equal((await sharedFor(3))?.text, "a link");
  assert.equal(await sharedFor(4), null);
  assert.equal(await sharedFor(3), null); // whoever else asked, it is gone
});

test("its texts come once each, and files as they were; what was shared before goes", async () => {
  const old = form({ text: "old", files: new File(["old"], "old.txt") });
  old.append("files", new File(["older"], "older.txt"));
  await putShared(old);
  await putShared(form({ title: "A page", text: "a link", url: "a link", files: new File(["bytes"], "notes.txt", { type: "text/plain" }) }));

  const { text, files } = await sharedFor(3);

  assert.equal(text, "A page\na link");
  assert.deepEqual(files.map(({ name, type }) => [name, type]), [["notes.txt", "text/plain"]]);
  assert.equal(await files[0].text(), "bytes");
  assert.equal((await (await caches.open("shared")).keys()).length, 2); // that file, and what it is
});
