import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = new URL("../../static/js/", import.meta.url);
const source = (name) => readFileSync(new URL(`${name}.js`, root), "utf8");
const modules = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
const called = (wanted) => modules.find((name) => path.basename(name) === wanted);

/** The modules that one imports, by their paths; with `types` also those of which it only names a type. */
function importsOf(name, { types = false } = {}) {
  const pattern = types ? /(?:from |import\()['"](\.{1,2}\/.*?)\.js['"]/g : /^(?:import .*|\} )from "(\.{1,2}\/.*)\.js";$/gm;
  return [...source(name).matchAll(pattern)].map((match) => path.join(path.dirname(name), match[1]));
}

/** All that a module needs, itself included. */
function reached(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const each of importsOf(name)) reached(each, found);
  return found;
}

// Sent as they are, by the pages that name them.
const ALONE = ["bringing", "cropping", "notices/switching", "passkey"];
const LATER = ["shell/shell", "search/search-box", "viewing/viewing", "page/key-list", "rooms/room-dialogs", "files/sending"];

test("the scripts need every module", () => {
  const joined = modules.filter((name) => !["first", "wipe", "state/types"].includes(name)); // classic scripts, and types alone

  assert.deepEqual(joined.sort(), [...["main", "landing", "sheet", "card", "offline", "share", "worker/worker", ...ALONE, ...LATER].reduce((found, name) => reached(name, found), new Set())].sort());
});

// Each folder uses those below it, and none above; the modules on top wire them all.
const FOLDERS = ["page", "composer", "files", "search", "rooms", "shell", "notices", "worker", "kept", "timeline", "timeline/parts", "viewing", "sync", "state", "lib"];
const MAY_USE = {
  page: ["composer", "rooms", "timeline", "sync", "state", "lib"],
  composer: ["files", "timeline", "sync", "state", "lib"],
  files: ["sync", "state", "lib"],
  search: ["sync", "state", "lib"],
  rooms: ["timeline", "sync", "state", "lib"],
  shell: ["notices", "kept", "sync", "state", "lib"],
  notices: ["kept", "sync", "state", "lib"],
  worker: ["kept", "state", "lib"],
  kept: ["state", "lib"],
  timeline: ["timeline/parts", "viewing", "state", "lib"],
  "timeline/parts": ["state", "lib"],
  viewing: ["state", "lib"],
  sync: ["state", "lib"],
  state: ["lib"],
  lib: [],
};

test("a folder uses only what stands below it, be it a type", () => {
  const folders = new Set(modules.map((name) => path.dirname(name)));
  assert.deepEqual([...folders].sort(), [".", ...FOLDERS].sort());
  for (const [folder, used] of Object.entries(MAY_USE)) {
    const below = FOLDERS.slice(FOLDERS.indexOf(folder) + 1);
    assert.deepEqual(used.filter((each) => !below.includes(each)), [], `${folder} stands above what it may use`);
  }
  for (const name of modules.filter((each) => path.dirname(each) !== ".")) {
    const folder = path.dirname(name);
    const strays = importsOf(name, { types: true }).filter((each) => ![folder, ...MAY_USE[folder]].includes(path.dirname(each)));
    assert.deepEqual(strays, [], name);
  }
});

test("no two modules need one another", () => {
  for (const name of modules) {
    for (const each of importsOf(name)) assert.ok(!reached(each).has(name), `${name} and ${each}`);
  }
});

test("what decides never touches the page", () => {
  for (const name of ["protocol", "reducer", "store", "connection", "outbox", "changes", "history-loader", "read-receipts", "sync"]) {
    for (const each of reached(called(name))) {
      assert.doesNotMatch(source(each), /(?<!\/)\b(?:document|window|localStorage)\.|new WebSocket/, `${name} needs ${each}`);
    }
  }
});

test("views never touch the socket", () => {
  for (const name of modules.filter((each) => ["page", "composer", "files", "search", "rooms", "timeline", "timeline/parts"].includes(path.dirname(each)))) {
    const needed = [...reached(name)].map((each) => path.basename(each));
    assert.deepEqual(["connection", "outbox", "store", "sync"].filter((each) => needed.includes(each)), [], name);
  }
});

test("no data ever becomes markup, but the html of a message, which the server sanitised", () => {
  const unsafe = /innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|DOMParser|document\.write|eval\(/;
  for (const name of modules.filter((each) => each !== "lib/markup")) assert.doesNotMatch(source(name), unsafe, name);
  assert.deepEqual(source("lib/markup").match(/\S+ = html\b/g), ["element.innerHTML = html"]);
  assert.deepEqual(source("timeline/message-view").match(/showHtml\(.*\)/g), ["showHtml(element, html)"]);
});
