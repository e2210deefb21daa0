import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { beginKeeping, forgetKept, keep, ownerOfKept, readKept } from "../../../static/js/kept/cache.js";
import { LIST, pathOfRoom } from "../../../static/js/kept/entries.js";
import { NOW } from "../factories.js";
import { FakeCaches } from "../fakes.js";

const DAY_MS = 86_400_000;
const ROOM = pathOfRoom(1);
const all = () => true;

beforeEach(() => {
  globalThis.location = new URL("https://chat.example/");
  globalThis.caches = new FakeCaches();
});

test("what is kept is there for seven days without anybody here, and not a moment longer", async () => {
  await beginKeeping(3);
  await keep(3, { [LIST]: { at: NOW }, [ROOM]: { at: NOW } }, all);

  assert.deepEqual(await readKept(LIST, NOW + 7 * DAY_MS - 1), { at: NOW });
  assert.equal(await readKept(LIST, NOW + 7 * DAY_MS), null);
  assert.deepEqual(await caches.keys(), []);
});

test("a room that was not open for seven days goes alone", async () => {
  await beginKeeping(3);
  await keep(3, { [LIST]: { at: NOW }, [ROOM]: { at: NOW - 8 * DAY_MS }, [pathOfRoom(2)]: { at: NOW } }, all);

  assert.equal(await readKept(ROOM, NOW), null);
  assert.equal(await readKept(ROOM, NOW - 8 * DAY_MS), null);
  assert.deepEqual([await readKept(LIST, NOW), await readKept(pathOfRoom(2), NOW)], [{ at: NOW }, { at: NOW }]);
});

test("what is not wanted any more goes with the next writing", async () => {
  await beginKeeping(3);
  await keep(3, { [LIST]: { at: NOW }, [ROOM]: { at: NOW } }, all);
  await keep(3, { [LIST]: { at: NOW } }, (path) => path === LIST);

  assert.deepEqual([await readKept(LIST, NOW), await readKept(ROOM, NOW)], [{ at: NOW }, null]);
});

test("a page that is left behind by a sign-out writes nothing, nor one of whoever was here before", async () => {
  await beginKeeping(3);
  await forgetKept();
  await keep(3, { [LIST]: { at: NOW } }, all);
  assert.deepEqual(await caches.keys(), []);

  await beginKeeping(3);
  await keep(3, { [LIST]: { at: NOW } }, all);
  await beginKeeping(4);
  await keep(3, { [LIST]: { at: NOW } }, all);
  assert.deepEqual([await ownerOfKept(), await readKept(LIST, NOW)], [4, null]);
});
