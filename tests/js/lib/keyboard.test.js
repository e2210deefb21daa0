import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { keyOf, onPress } from "../../../static/js/lib/keyboard.js";

const { signal } = new AbortController();

/** A press as browsers make it. */
const pressed = (key, code, more = {}) =>
  Object.assign(new Event("keydown", { bubbles: true, cancelable: true }), {
    ...{ key, code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, keyCode: 0 },
    ...more,
  });

/** What a listener gets of an event. */
function received(event, options = {}) {
  const target = new EventTarget();
  const presses = [];
  onPress(target, (press) => () => presses.push(press), { signal, ...options });
  target.dispatchEvent(event);
  return presses;
}

test("a letter is that of its key, where a layout has no Latin letters", () => {
  const layouts = {
    Russian: { KeyB: "и", KeyE: "у", KeyI: "ш", KeyK: "Л", KeyU: "Г" },
    Greek: { KeyB: "β", KeyE: "ε", KeyI: "ι", KeyK: "κ", KeyU: "Θ" },
    Hebrew: { KeyB: "נ", KeyE: "ק", KeyI: "ן", KeyK: "ל", KeyU: "ו" },
    Arabic: { KeyB: "لا", KeyE: "ث", KeyI: "ه", KeyK: "ن", KeyU: "ع" },
    Thai: { KeyB: "ิ", KeyE: "ำ", KeyI: "ร", KeyK: "า", KeyU: "ี" },
    Korean: { KeyB: "ㅠ", KeyE: "ㄷ", KeyI: "ㅑ", KeyK: "ㅏ", KeyU: "ㅕ" },
    Turkish: { KeyI: "ı", KeyK: "K", KeyU: "u" },
  };

  for (const [name, keys] of Object.entries(layouts)) {
    for (const [code, key] of Object.entries(keys)) assert.equal(keyOf({ key, code }), code.slice(3).toLowerCase(), `${name} ${key}`);
  }
});

test("a layout with Latin letters keeps them, wherever they are", () => {
  const codes = { x: "KeyB", K: "KeyV", ".": "KeyE", "'": "KeyQ", é: "KeyE", a: "KeyQ", m: "Semicolon", k: "" };

  for (const [key, code] of Object.entries(codes)) {
    assert.equal(keyOf({ key, code }), key.toLowerCase(), `${key} at ${code}`);
  }
});

test("signs are what is written on them, in every script", () => {
  const keys = { "?": "?", "؟": "?", "？": "?", "/": "/", "／": "/", "(": "(", Escape: "Escape", "ж": "ж", " ": " " };

  for (const [key, expected] of Object.entries(keys)) assert.equal(keyOf({ key, code: "Semicolon" }), expected, key);
});

test("a press with an action is taken from the browser and from those who come later", () => {
  const event = pressed("л", "KeyK", { ctrlKey: true, shiftKey: true });
  const [press] = received(event);

  assert.deepEqual({ ...press, target: null }, { key: "k", command: true, alt: false, shift: true, target: null });
  assert.ok(event.defaultPrevented);
  assert.deepEqual(received(event), []);
});

test("a press without an action is left to the browser", () => {
  const target = new EventTarget();
  onPress(target, () => undefined, { signal });
  const event = pressed("a", "KeyA");
  target.dispatchEvent(event);

  assert.ok(!event.defaultPrevented);
});

test("who is first keeps a press from all others", () => {
  const target = new EventTarget();
  const order = [];
  for (const first of [true, false]) onPress(target, () => () => order.push(first), { signal, first });
  target.dispatchEvent(pressed("Enter", "Enter"));

  assert.deepEqual(order, [true]);
});

test("keys of an input method are nobody's, in the order of each browser", () => {
  for (const key of ["Enter", "Escape", "Process", "k"]) {
    assert.deepEqual(received(pressed(key, "Enter", { isComposing: true })), [], "Firefox");
    assert.deepEqual(received(pressed(key, "Enter", { isComposing: true, keyCode: 229 })), [], "Chrome");
    assert.deepEqual(received(pressed(key, "Enter", { keyCode: 229 })), [], "Safari, after the composition");
  }
});

test("nobody else reads the keyboard", () => {
  const folder = new URL("../../../static/js/", import.meta.url);
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js") && name !== "lib/keyboard.js");

  assert.ok(names.length > 40);
  for (const name of names) {
    const source = readFileSync(new URL(name, folder), "utf8");
    assert.doesNotMatch(source, /keydown|keyup|keypress|isComposing|keyCode|KeyboardEvent|ctrlKey: |event\.(?:key|code)\b/, name);
  }
});
