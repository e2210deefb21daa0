import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../static/js/", import.meta.url);
const source = (name) => readFileSync(new URL(`${name}.js`, folder), "utf8");
const importsOf = (name) => [...source(name).matchAll(/^(?:import .*|\} )from "\.\/(.*)\.js";$/gm)].map((match) => match[1]);

/** All that a module needs, itself included. */
function reached(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const each of importsOf(name)) reached(each, found);
  return found;
}

test("the three scripts need every module", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
  const modules = files.filter((name) => !["first", "types"].includes(name)); // a classic script, and types alone

  assert.deepEqual(modules.sort(), [...reached("main", reached("landing", reached("way-back")))].sort());
});

test("what decides never touches the page", () => {
  for (const name of ["protocol", "reducer", "store", "connection", "outbox", "changes", "history", "reader", "sync"]) {
    for (const each of reached(name)) {
      assert.doesNotMatch(source(each), /(?<!\/)\b(?:document|window|localStorage)\.|new WebSocket/, `${name} needs ${each}`);
    }
  }
});

test("views never touch the socket", () => {
  for (const name of ["timeline", "composer", "presence", "sidebar", "connection-line", "drawer", "keys", "intent", "message-menu", "levels"]) {
    const needed = reached(name);
    assert.deepEqual(["connection", "outbox", "store", "sync"].filter((each) => needed.has(each)), [], name);
  }
});

test("no data ever becomes markup, but the html of a message, which the server sanitised", () => {
  const unsafe = /innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|DOMParser|document\.write|eval\(/;
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".js") && each !== "markup.js")) {
    assert.doesNotMatch(source(name.replace(/\.js$/, "")), unsafe, name);
  }
  assert.deepEqual(source("markup").match(/\S+ = html\b/g), ["element.innerHTML = html"]);
  assert.deepEqual(source("message-view").match(/showHtml\(.*\)/g), ["showHtml(element, html)"]);
});
