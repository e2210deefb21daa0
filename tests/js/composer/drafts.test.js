import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft } from "../../../static/js/composer/drafts.js";
import { Shelf } from "../../../static/js/sync/unsent-storage.js";
import { FakeClock, FakeStorage, randomFrom } from "../fakes.js";

const DAY_MS = 86_400_000;
let made = 0;

/** One browser with tabs; what one tab stores the others see when `settle` says so, as between real ones. */
function browsing() {
  const storage = new FakeStorage();
  const clock = new FakeClock();
  const events = [];
  const settle = () => {
    while (events.length > 0) events.shift()();
  };
  return { storage, clock, events, settle, tab: (copied) => openTab({ storage, clock, events }, copied) };
}

/** A tab with the page of one room, and what stands in its composer. */
function openTab({ storage, clock, events }, copied) {
  const session = copied?.session ?? new FakeStorage().tab();
  const tab = { session, isOpen: false };
  const shared = storage.tab((change) => tab.isOpen && events.push(() => tab.isOpen && take(tab.draft.storageChanged(change))));
  const take = (value) => Object.assign(tab, value && { shown: [value.text, value.replyTo ?? 0] });
  const shown = () => take(tab.draft.value);
  tab.load = () => {
    tab.draft = new Draft({ shelf: new Shelf(shared, "draft:3:1"), tab: session, place: "draft:3:1", uuid: () => `draft ${++made}`, now: clock.now });
    tab.isOpen = true;
    take(tab.draft.take());
  };
  tab.type = (text, replyTo) => {
    clock.advance(1);
    tab.draft.change(replyTo === undefined ? { text } : { text, replyTo });
    shown();
  };
  tab.send = () => void (tab.draft.sent(), shown());
  tab.close = () => (tab.isOpen = false);
  tab.reload = () => (tab.close(), tab.load());
  tab.load();
  return tab;
}

test("what is typed in one tab outlives what is typed and sent in another", () => {
  const { settle, tab } = browsing();
  const [one, two] = [tab(), tab()];
  one.type("a draft", 12);
  settle();
  two.type("something");
  two.send();

  for (const settled of [false, true]) {
    if (settled) settle();
    assert.deepEqual(one.shown, ["a draft", 12]);
    one.reload();
    assert.deepEqual(one.shown, ["a draft", 12]);
  }
  assert.deepEqual(two.shown, ["", 0]);
});

test("a draft that two tabs show leaves both when one of them sends it, and only then", () => {
  const { settle, tab } = browsing();
  const one = tab();
  one.type("a draft", 12);
  const two = tab();
  assert.deepEqual(two.shown, ["a draft", 12]);

  two.send();
  settle();
  assert.deepEqual(one.shown, ["", 0]);
  one.reload();
  assert.deepEqual(one.shown, ["", 0]);

  one.type("another");
  settle();
  one.type("another one");
  two.send();
  settle();
  assert.deepEqual(one.shown, ["another one", 0]);
});

test("a tab in which nothing is typed shows what is typed elsewhere, letter by letter", () => {
  const { settle, tab } = browsing();
  const [one, two] = [tab(), tab()];
  for (const text of ["a", "ab", "abc", ""]) {
    one.type(text);
    settle();
    assert.deepEqual(two.shown, [text, 0]);
  }
});

test("the mark of a reply ends with its text", () => {
  const { settle, storage, tab } = browsing();
  const one = tab();
  one.type("", 12);
  assert.deepEqual(one.shown, ["", 12]);
  one.type("yes");
  one.type("");
  settle();
  one.reload();
  assert.deepEqual(one.shown, ["", 0]);
  assert.equal(storage.size, 0);
});

test("a draft of a tab that was closed goes on in another, and does not come back once that is sent", () => {
  const { clock, settle, storage, tab } = browsing();
  const one = tab();
  one.type("hello");
  one.close();
  const two = tab();
  two.type("hello world");
  two.send();
  settle();

  assert.deepEqual(tab().shown, ["", 0]);
  one.load(); // opened again, with what the tab knew
  assert.deepEqual([one.shown, tab().shown], [["hello", 0], ["hello", 0]]);
  one.close();
  const three = tab();
  three.type("good bye");
  three.send();
  clock.advance(31 * DAY_MS);
  tab();
  assert.equal(storage.size, 0);
});

test("a draft of a tab that is still there stays a draft when another tab types over it", () => {
  const { settle, tab } = browsing();
  const [one, two] = [tab(), tab()];
  one.type("hello");
  settle();
  two.type("something else");
  settle();
  two.send();
  settle();
  one.close();

  assert.deepEqual([two.shown, tab().shown], [["", 0], ["hello", 0]]);
});

test("a tab and its copy do not overwrite each other", () => {
  const { settle, tab } = browsing();
  const one = tab();
  one.type("a draft");
  const copy = tab(one);
  copy.type("changed there");
  settle();
  assert.deepEqual([one.shown, copy.shown], [["a draft", 0], ["changed there", 0]]);
  copy.close();
  one.reload();
  assert.deepEqual(one.shown, ["a draft", 0]);
});

test("drafts are kept by person and room, and those that cannot be kept say so", () => {
  const storage = new FakeStorage().tab();
  const open = (place, shared = storage) => new Draft({ shelf: new Shelf(shared, place), tab: null, place, uuid: () => `${++made}`, now: Date.now });
  open("draft:3:1").change({ text: "mine" });
  assert.deepEqual(["draft:3:11", "draft:3:2", "draft:4:1", "draft:3:1"].map((place) => open(place).take().text), ["", "", "", "mine"]);

  const full = { ...storage, length: 0, setItem: () => assert.fail("full") };
  for (const each of [null, full]) {
    const draft = open("draft:3:1", each);
    draft.take();
    draft.change({ text: "typed" });
    assert.deepEqual([draft.value.text, draft.isKept], ["typed", false]);
    draft.change({ text: "", replyTo: 12 });
    assert.equal(draft.isKept, true);
    draft.change({ text: "typed" });
    draft.sent();
    assert.equal(draft.isKept, true);
  }
});

/** What two tabs of one browser do at random, and what has to be true of it. */
class Walk {
  #browsing = browsing();
  #tabs = [this.#browsing.tab(), this.#browsing.tab()];
  /** What a person typed in a tab, and neither sent nor took back. */
  #held = new Map();
  #sent = new Set();
  #log = [];

  step(random) {
    const pick = (list) => list[Math.floor(random() * list.length)];
    const [tab, name] = [pick(this.#tabs), pick(["type", "type", "send", "reload", "deliver", "deliver"])];
    if (name === "type") this.#type(tab, pick(["", "a", "b", "c"]), pick([undefined, undefined, 7]));
    if (name === "send" && tab.shown[0]) this.#send(tab);
    if (name === "reload") tab.reload();
    if (name === "deliver") this.#browsing.events.shift()?.();
    this.#log.push(`${this.#tabs.indexOf(tab) + 1} ${name} ${JSON.stringify(tab.shown)}`);
    for (const [each, text] of this.#held) assert.equal(each.shown[0], text, this.#log.join("\n"));
  }

  end() {
    const { settle, tab } = this.#browsing;
    const [shown, kept] = [[], []];
    settle();
    for (const each of this.#tabs) shown.push(each.shown[0], (each.reload(), each.shown[0]));
    for (const each of this.#tabs) each.close();
    for (let fresh = tab(); fresh.shown[0]; fresh = tab()) kept.push(fresh.shown[0], fresh.send());
    for (const text of this.#held.values()) assert.ok(kept.includes(text), `${text} was lost\n${this.#log.join("\n")}`);
    for (const text of this.#sent) assert.ok(![...shown, ...kept].includes(text), `${text} was sent\n${this.#log.join("\n")}`);
  }

  #type(tab, text, replyTo) {
    tab.type(text, replyTo);
    this.#sent.delete(text);
    if (text) this.#held.set(tab, text);
    else this.#held.delete(tab);
  }

  #send(tab) {
    const [text] = tab.shown;
    tab.send();
    this.#sent.add(text);
    for (const each of this.#tabs) if (this.#held.get(each) === text || each === tab) this.#held.delete(each);
  }
}

test("nothing typed is lost and nothing sent comes back, whatever two tabs do in whatever order", () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = randomFrom(seed);
    const walk = new Walk();
    for (let count = 0; count < 60; count += 1) walk.step(random);
    walk.end();
  }
});

test("a page that comes back to a room shows what it alone has: a reply without a word, and what no storage takes", () => {
  const { tab } = browsing();
  const one = tab();
  one.draft.change({ replyTo: 12 });
  assert.deepEqual([one.draft.take().replyTo, one.draft.take().text], [12, ""]);

  const unkept = new Draft({ shelf: new Shelf(null, "draft:3:1"), tab: null, place: "draft:3:1", uuid: () => `draft ${++made}`, now: () => 1 });
  unkept.take();
  unkept.change({ text: "nowhere else" });
  assert.equal(unkept.isKept, false);
  assert.equal(unkept.take().text, "nowhere else");
});

test("a page that comes back to a room shows what was typed, or that it was sent from another tab meanwhile", () => {
  const { settle, tab } = browsing();
  const [one, two] = [tab(), tab()];
  one.type("the same");
  assert.equal(one.draft.take().text, "the same");
  settle();
  two.send();

  assert.equal(one.draft.take().text, "");
});
