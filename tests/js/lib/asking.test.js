import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Asking } from "../../../static/js/lib/asking.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => mock.timers.reset());

/** Questions that are answered by hand, and what is shown. */
function opened() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [];
  const shown = [];
  const asking = new Asking(() => new Promise((resolve) => answers.push(resolve)), (found) => shown.push(found));
  return { answers, asking, shown };
}

test("one question is asked for what is typed without a pause", () => {
  const { answers, asking } = opened();

  for (let count = 0; count < 3; count += 1) (asking.soon(), mock.timers.tick(149));
  assert.equal(answers.length, 0);
  mock.timers.tick(1);

  assert.equal(answers.length, 1);
});

test("only the answer to the last question counts, whichever comes first", async () => {
  const { answers, asking, shown } = opened();
  for (let count = 0; count < 2; count += 1) asking.now();

  answers[1]("second");
  await settled();
  answers[0]("first");
  await settled();

  assert.deepEqual([shown, asking.isWaiting], [["second"], false]);
});

test("after a stop nothing is asked and no answer counts", async () => {
  const { answers, asking, shown } = opened();
  asking.now();
  asking.soon();

  asking.stop();
  mock.timers.tick(1_000);
  answers[0]("late");
  await settled();

  assert.deepEqual([answers.length, shown, asking.isWaiting], [1, [], false]);
});

test("who cannot wait for the pause gets the answer once it is shown", async () => {
  const { answers, asking, shown } = opened();
  asking.soon();
  assert.ok(asking.isWaiting);

  const done = asking.shown();
  answers[0]("found");
  await done;

  assert.deepEqual(shown, ["found"]);
});
