import assert from "node:assert/strict";
import { test } from "node:test";

import { Tray } from "../../../static/js/files/tray.js";
import { isInTray } from "../../../static/js/state/chosen.js";
import { Shelf } from "../../../static/js/sync/unsent-storage.js";
import { chosen, id } from "../factories.js";
import { FakeStorage } from "../fakes.js";

/** The tray of a tab. */
function tab({ browser = new FakeStorage(), room = 1, storage } = {}) {
  const shown = { files: [] };
  const own = storage ?? browser.tab((change) => tray.storageChanged(change));
  const tray = new Tray(new Shelf(own, "tray:3", isInTray), room, (files) => (shown.files = files));
  return { browser, shown, tray };
}

const names = (tray) => tray.files.map((file) => file.name);

test("what is in the tray is there after a reload, in its order, without what holds for one page alone", () => {
  const { browser, tray } = tab();
  tray.add(chosen(2), 5);
  tray.add(chosen(1, { sent: 10, whole: false, local: "blob:here" }), 5);

  const again = tab({ browser }).tray;

  assert.deepEqual(again.files, [chosen(2), chosen(1)]);
  assert.equal(again.isAtRisk, false);
});

test("another room has another tray", () => {
  const { browser, tray } = tab();
  tray.add(chosen(1), 1);

  assert.deepEqual(names(tab({ browser, room: 2 }).tray), []);
});

test("what one tab adds, describes, removes or sends is so in the other", () => {
  const one = tab();
  const other = tab({ browser: one.browser });
  for (const number of [1, 2, 3]) one.tray.add(chosen(number), number);
  assert.deepEqual(names(other.tray), names(one.tray));

  other.tray.change(id(1), { local: "blob:other", sent: 5 });
  one.tray.change(id(1), { alt: "a boat" });
  one.tray.remove(id(2));
  assert.deepEqual(other.tray.files, [chosen(1, { alt: "a boat", local: "blob:other", sent: 5 }), chosen(3)]);
  other.tray.clear();

  assert.deepEqual([names(one.tray), one.shown.files], [[], []]);
});

test("how much is sent is no matter of the storage", () => {
  const { browser, tray } = tab();
  const changes = [];
  browser.tab((change) => changes.push(change));
  tray.add(chosen(1), 1);

  for (const sent of [1, 2, 3]) tray.change(id(1), { sent });

  assert.equal(changes.length, 1);
  assert.equal(tray.files[0].sent, 3);
});

test("where storage is full the files stay in memory, beside what other tabs do, and the page says that it is at risk", () => {
  const full = { ...new FakeStorage().tab(), setItem: () => assert.fail("full") };
  const { tray } = tab({ storage: full });

  tray.add(chosen(1), 1);
  tray.storageChanged({ key: "parley:tray:3:another" });

  assert.deepEqual([names(tray), tray.isAtRisk, tray.space], [["picture 1.png"], true, 9]);
  tray.clear();
  assert.equal(tray.isAtRisk, false);
});
