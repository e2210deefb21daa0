/**
 * The page of imports: sends the files in pieces, which goes on after a cut, and shows how far the server is.
 */

const PIECE_BYTES = 8 * 1024 * 1024;
const LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const UNREACHABLE = "The chat cannot be reached. This goes on by itself as soon as it can.";

/** What the server refuses for good, as a sentence. */
class Refusal extends Error {}

/** @param {number} time_ms */
const pause = (time_ms) => new Promise((resolve) => setTimeout(resolve, time_ms));

/**
 * The server's answer.
 *
 * @param {string} path
 * @param {RequestInit} [asked]
 */
async function ask(path, asked = {}) {
  const answer = await fetch(path, { ...asked, headers: { Accept: "application/json", ...asked.headers } });
  const found = await answer.json();
  if (answer.ok) return found;
  const { code, message } = found.error;
  if (answer.status < 500 && !["offset_conflict", "rate_limited", "timeout"].includes(code)) throw new Refusal(message);
  if (answer.status === 507) throw new Refusal(message);
  throw new Error(message);
}

/**
 * The same files in the same order, however they were chosen, so that sending them goes on after a cut.
 *
 * @param {File[]} files
 */
const inOrder = (files) => files.toSorted((one, other) => (one.name < other.name ? -1 : 1));

/** @param {File[]} files */
const bytesOf = (files) => files.reduce((sum, file) => sum + file.size, 0);

class Sending {
  #form;
  #input;
  #bar;
  #told;
  #token;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#bar = /** @type {HTMLProgressElement} */ (form.querySelector("[data-bar]"));
    this.#told = /** @type {HTMLElement} */ (form.querySelector("[data-told]"));
    this.#token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token")).value;
    this.#input = /** @type {HTMLInputElement} */ (form.elements.namedItem("export"));
    this.#input.multiple = true; // without a script one file is taken
    form.addEventListener("submit", (event) => this.#submitted(event));
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault();
    this.send([...(this.#input.files ?? [])]);
  }

  /** @param {File[]} files */
  async send(files) {
    if (!files.length) return;
    const button = /** @type {HTMLButtonElement} */ (this.#form.querySelector("button"));
    this.#say("");
    button.disabled = true;
    this.#bar.hidden = false;
    const isWhole = await this.#sendAll(inOrder(files));
    if (isWhole) location.reload();
    button.disabled = false;
  }

  /**
   * Whether the server has all of them then; it refuses what it will never take.
   *
   * @param {File[]} files
   */
  async #sendAll(files) {
    let pause_ms = FIRST_PAUSE_MS;
    for (let sent = 0; sent < files.length; ) {
      try {
        await this.#sendRest(files, sent);
        sent += 1;
        pause_ms = FIRST_PAUSE_MS;
      } catch (error) {
        this.#say(error instanceof Refusal ? error.message : UNREACHABLE);
        if (error instanceof Refusal) return false;
        await pause(pause_ms);
        pause_ms = Math.min(2 * pause_ms, LONGEST_PAUSE_MS);
      }
    }
    return true;
  }

  /**
   * One of them, from where the server has it.
   *
   * @param {File[]} files
   * @param {number} index
   */
  async #sendRest(files, index) {
    const [file, total, before] = [files[index], bytesOf(files), bytesOf(files.slice(0, index))];
    const headers = { "X-CSRF-Token": this.#token };
    const which = { name: file.name, size: file.size, number: index + 1, count: files.length, total };
    let { received } = await ask("/api/import", { method: "POST", headers, body: JSON.stringify(which) });
    for (;;) {
      this.#say("");
      this.#bar.value = (before + received) / total;
      if (received >= file.size) return;
      const body = file.slice(received, received + PIECE_BYTES, "application/octet-stream");
      ({ received } = await ask(`/settings/import/file${received ? `?at=${received}` : ""}`, { method: "POST", headers, body }));
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.#told.textContent = sentence;
    this.#told.hidden = !sentence;
  }
}

/**
 * @param {HTMLElement} place
 * @param {Sending} sending
 */
function takeDropped(place, sending) {
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    place.addEventListener(type, (event) => {
      event.preventDefault();
      place.toggleAttribute("data-over", type === "dragenter" || type === "dragover");
    });
  }
  place.addEventListener("drop", ({ dataTransfer }) => {
    sending.send([...(dataTransfer?.files ?? [])]);
  });
}

/** @param {HTMLElement} place */
async function follow(place) {
  const bar = /** @type {HTMLProgressElement} */ (place.querySelector("[data-bar]"));
  const said = /** @type {HTMLElement} */ (place.querySelector("[data-said]"));
  for (;;) {
    await pause(LOOK_MS);
    const found = await ask("/api/import").catch(() => null);
    if (found && found.step !== "running") break;
    if (!found?.said) continue;
    said.textContent = found.said;
    if (!/ of /.test(found.said)) continue;
    bar.max = found.total;
    bar.value = found.done;
  }
  location.reload();
}

const form = document.querySelector("[data-send]");
const drop = document.querySelector("[data-drop]");
if (form instanceof HTMLFormElement && drop instanceof HTMLElement) takeDropped(drop, new Sending(form));
const running = document.querySelector("[data-running]");
if (running instanceof HTMLElement) follow(running);
