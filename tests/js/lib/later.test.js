import assert from "node:assert/strict";
import { test } from "node:test";

import { Later } from "../../../static/js/lib/later.js";

/** A network whose answers are given: a status each, or 0 for none; and what was done with it. */
function network(...statuses) {
  const done = [];
  return {
    done,
    fetch: async (path) => {
      done.push(`fetch ${path}`);
      const status = statuses.length > 0 ? statuses.shift() : 200;
      if (status === 0) throw new TypeError("Failed to fetch");
      return { status, text: async () => (status === -1 ? Promise.reject(new TypeError("cut")) : "") };
    },
    run: async (path) => (done.push(`run ${path}`), { Box: path }),
    dress: async (path) => done.push(`dress ${path}`),
    setTimeout: (then, ms) => (done.push(`${ms} ms`), queueMicrotask(then)),
  };
}

test("a part is fetched and run once, however often it is needed", async () => {
  const edge = network();
  const said = [];
  const later = new Later("box", (sentence) => said.push(sentence), {}, edge);

  assert.deepEqual(await Promise.all([later.load(), later.load()]), [{ Box: "js/box.js" }, { Box: "js/box.js" }]);
  later.prepare();

  assert.deepEqual(edge.done, ["fetch js/box.js", "run js/box.js"]);
  assert.deepEqual(said, []);
});

test("what may be needed soon is fetched and not run", async () => {
  const edge = network(0);
  const later = new Later("box", assert.fail, { hasSheet: true }, edge);

  later.prepare();
  await new Promise(setImmediate);

  assert.deepEqual(edge.done, ["fetch js/box.js", "fetch css/box.css"]);
});

test("the sheet is there before the part is used", async () => {
  const edge = network();
  const { promise, resolve } = Promise.withResolvers();
  edge.dress = (path) => (edge.done.push(`dress ${path}`), promise);
  let isThere = false;
  const loading = new Later("box", assert.fail, { hasSheet: true }, edge).load().then(() => (isThere = true));

  await new Promise(setImmediate);
  assert.deepEqual([isThere, edge.done.slice(2)], [false, ["run js/box.js", "dress css/box.css"]]);
  resolve();
  await loading;
});

test("an outage is said, the part is tried again until it comes, and then the sentence goes", async () => {
  const edge = network(0, 503, -1, 200);
  const said = [];

  await new Later("box", (sentence) => said.push(sentence), {}, edge).load();

  assert.deepEqual(edge.done.filter((step) => !step.startsWith("fetch")), ["2000 ms", "2000 ms", "2000 ms", "run js/box.js"]);
  assert.deepEqual(said, [...Array(3).fill("This part of the page cannot be loaded right now. It is tried again."), ""]);
});

test("a part of a version that is gone is renewed, if it is gone twice and not out of reach", async () => {
  const edge = network(404, 0, 404, 404, 200);
  const said = [];

  await new Later("box", (sentence) => said.push(sentence), { renew: () => edge.done.push("renew") }, edge).load();

  const steps = ["2000 ms", "2000 ms", "2000 ms", "renew", "2000 ms", "run js/box.js"];
  assert.deepEqual(edge.done.filter((step) => !step.startsWith("fetch")), steps);
  assert.match(said[0], /renewed/);
});
