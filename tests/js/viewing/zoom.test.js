import assert from "node:assert/strict";
import { test } from "node:test";

import { WHOLE, fitted, held, zoomed } from "../../../static/js/viewing/zoom.js";

const stage = { width: 1000, height: 500 };
const sizes = { picture: { width: 4000, height: 1000 }, stage };

test("a picture is whole on the stage, and never larger than it is", () => {
  assert.deepEqual(fitted(sizes.picture, stage), { width: 1000, height: 250 });
  assert.deepEqual(fitted({ width: 500, height: 1000 }, stage), { width: 250, height: 500 });
  assert.deepEqual(fitted({ width: 16, height: 16 }, stage), { width: 16, height: 16 });
});

test("what is pointed at stays where it is", () => {
  const point = { x: 300, y: 0 };
  const view = zoomed(WHOLE, 4, point, sizes);

  assert.deepEqual(view, { scale: 4, x: -900, y: 0 });
  assert.equal((point.x - view.x) / view.scale, point.x); // the same spot of the picture
});

test("zooming ends at whole, and at twice the pixels or four times", () => {
  assert.deepEqual(zoomed({ scale: 3, x: 800, y: 100 }, 0.1, { x: 10, y: 10 }, sizes), WHOLE);
  assert.equal(zoomed(WHOLE, 100, { x: 0, y: 0 }, sizes).scale, 8);
  assert.equal(zoomed(WHOLE, 100, { x: 0, y: 0 }, { picture: { width: 100, height: 100 }, stage }).scale, 4);
});

test("a picture moves as far as its edges reach, and not where it is no larger than the stage", () => {
  assert.deepEqual(held({ scale: 2, x: 9_999, y: 50 }, sizes), { scale: 2, x: 500, y: 0 });
  assert.deepEqual(held({ scale: 4, x: -9_999, y: -9_999 }, sizes), { scale: 4, x: -1_500, y: -250 });
});
