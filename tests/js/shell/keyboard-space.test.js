import assert from "node:assert/strict";
import { test } from "node:test";

import { heightAbove } from "../../../static/js/shell/keyboard-space.js";

test("the page ends above a keyboard that lies over it", () => {
  assert.equal(heightAbove({ height: 380.6, scale: 1 }, 720), "380px");
});

test("a bar of the browser, a page that became smaller by itself, and a reader who zooms in leave it as it is", () => {
  assert.equal(heightAbove({ height: 660, scale: 1 }, 720), "");
  assert.equal(heightAbove({ height: 380, scale: 1 }, 380), "");
  assert.equal(heightAbove({ height: 360, scale: 2 }, 720), "");
});
