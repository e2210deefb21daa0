import assert from "node:assert/strict";
import { test } from "node:test";

import { isPreference, preferences, preferencesOf, setters } from "../../../static/js/state/preferences.js";

test("a room in which nothing is set has what holds at first", () => {
  assert.equal(preferencesOf({}).level, "all");
});

test("of a room only the preferences are taken", () => {
  const room = /** @type {any} */ ({ id: 7, name: "Lobby", level: "muted" });

  assert.deepEqual(preferencesOf(room), { ...preferencesOf({}), level: "muted" });
});

test("a room may leave a preference out, a command may not", () => {
  assert.ok(preferences.level(undefined));
  assert.ok(preferences.level("mentions"));
  assert.ok(!preferences.level("loud"));
  assert.ok(setters.level.level("mentions"));
  assert.ok(!setters.level.level(undefined));
  assert.ok(!setters.level.room("7"));
});

test("an action with the name of a preference is one, and no other", () => {
  assert.ok(isPreference({ type: "level" }));
  assert.ok(!isPreference({ type: "read" }));
  assert.ok(!isPreference({ type: "toString" }));
});
