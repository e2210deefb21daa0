/** The browser's edges, for node: a clock that moves when a test moves it, a WebSocket, a storage, the same luck every time. */

export class FakeClock {
  #now = 1_700_000_000_000;
  #timers = new Map();
  #next = 1;

  now = () => this.#now;

  setTimeout = (callback, ms) => {
    this.#timers.set(this.#next, { at: this.#now + ms, callback });
    return this.#next++;
  };

  clearTimeout = (handle) => {
    this.#timers.delete(handle);
  };

  get pending() {
    return [...this.#timers.values()].map(({ at }) => at - this.#now).sort((one, other) => one - other);
  }

  /** Lets that much time pass; timers ring in order. */
  advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort((one, other) => one[1].at - other[1].at || one[0] - other[0]);
      if (due.length === 0) break;
      const [handle, { at, callback }] = due[0];
      this.#timers.delete(handle);
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }
}

export class FakeSocket extends EventTarget {
  sent = [];
  isClosed = false;
  readyState = 1;

  send(frame) {
    this.sent.push(JSON.parse(frame));
  }

  close() {
    this.isClosed = true;
  }

  /** What the server says: one frame. */
  receive(...events) {
    this.hearText(events.map((event) => JSON.stringify(event)).join("\n"));
  }

  hearText(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  closeWith(code) {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

/** One browser's storage, seen by several tabs: a change in one is an event in the others. */
export class FakeStorage {
  #items = new Map();
  #listeners = [];

  /** The storage as one tab has it. */
  tab(onChange = () => {}) {
    const notify = (change) => this.#listeners.filter((each) => each !== onChange).forEach((listener) => listener(change));
    const items = this.#items;
    this.#listeners.push(onChange);
    return {
      get length() {
        return items.size;
      },
      key: (index) => [...items.keys()][index] ?? null,
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => {
        const oldValue = items.get(key) ?? null;
        items.set(key, value);
        notify({ key, newValue: value, oldValue });
      },
      removeItem: (key) => {
        const oldValue = items.get(key) ?? null;
        if (items.delete(key)) notify({ key, newValue: null, oldValue });
      },
    };
  }

  get size() {
    return this.#items.size;
  }
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The caches of one browser: what is put there is a response, as it was sent. */
export class FakeCaches {
  #caches = new Map();

  has = async (name) => this.#caches.has(name);
  keys = async () => [...this.#caches.keys()];
  delete = async (name) => this.#caches.delete(name);

  async open(name) {
    if (!this.#caches.has(name)) this.#caches.set(name, new Map());
    const kept = this.#caches.get(name);
    return {
      put: async (url, response) => void kept.set(url, await response.blob()),
      match: async (url) => kept.has(url) ? new Response(kept.get(url)) : undefined,
      delete: async (url) => kept.delete(url),
      keys: async () => [...kept.keys()].map((url) => ({ url })),
    };
  }
}
