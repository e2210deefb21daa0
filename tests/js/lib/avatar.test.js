import assert from "node:assert/strict";
import { test } from "node:test";

import { beside, loginLine } from "../../../static/js/lib/avatar.js";

const bob = { id: 4, login: "bobby", name: "Bob" };

test("beside a name stands what tells it from another's, and that somebody is an administrator", () => {
  assert.equal(beside(bob), "");
  assert.equal(beside({ ...bob, namesake: true }), "@bobby");
  assert.equal(beside({ ...bob, admin: true }), "admin");
  assert.equal(beside({ ...bob, admin: true, namesake: true }), "@bobby · admin");
});

test("a list that shows logins shows administrators with them", () => {
  assert.equal(loginLine(bob), "bobby");
  assert.equal(loginLine({ ...bob, admin: true }), "bobby · admin");
});
