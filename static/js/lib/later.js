/**
 * A part of the page whose script comes when it is first needed: `LATER` in app/edge/pages.py names it. It is asked for
 * until it is here; then the browser has it, and no part is lost half way.
 */

const RETRY_MS = 2_000;
const ANSWER_MS = 15_000;
const OUTAGE = "This part of the page cannot be loaded right now. It is tried again.";
const RENEWED = "This chat was renewed meanwhile: for this, the page has to be loaded again.";

/**
 * @typedef {object} Network
 * @property {(path: string) => Promise<{status: number, text: () => Promise<string>}>} fetch
 * @property {(path: string) => Promise<any>} run
 * @property {(path: string) => Promise<unknown>} dress
 * @property {(then: () => void, ms: number) => unknown} setTimeout
 */

/** @type {Network} */
const BROWSER = {
  fetch: (path) => fetch(addressOf(path), { signal: AbortSignal.timeout(ANSWER_MS) }),
  run: (path) => import(addressOf(path)),
  dress: (path) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: addressOf(path) });
    document.head.append(link);
    return new Promise((done) => ["load", "error"].forEach((end) => link.addEventListener(end, done)));
  },
  setTimeout: (then, ms) => setTimeout(then, ms),
};

/** @template T what the script exports */
export class Later {
  #name;
  #say;
  #hasSheet;
  #renew;
  #network;
  /** @type {Promise<T> | null} */
  #part = null;

  /**
   * @param {string} name
   * @param {(sentence: string) => void} say why it does not come yet; "": it goes on
   * @param {{hasSheet?: boolean, renew?: () => void}} [options] `renew`: its version is gone; else the page loads again
   * @param {Network} [network] the browser's
   */
  constructor(name, say, { hasSheet = false, renew = () => location.reload() } = {}, network = BROWSER) {
    this.#name = name;
    this.#say = say;
    this.#hasSheet = hasSheet;
    this.#renew = renew;
    this.#network = network;
  }

  /** It may be needed soon. */
  prepare() {
    if (!this.#part) this.#statuses().catch(() => null); // when it is needed, it is asked for again
  }

  /** What the script exports, once it is here. */
  load() {
    this.#part ??= this.#load();
    return this.#part;
  }

  /** @returns {Promise<T>} */
  async #load() {
    let reason = "";
    for (;;) {
      const statuses = await this.#statuses().catch(() => [0]);
      if (statuses.every((status) => status === 200)) break;
      const isGone = statuses.includes(404);
      if (isGone && reason === RENEWED) this.#renew();
      reason = isGone ? RENEWED : OUTAGE;
      this.#say(reason);
      await new Promise((done) => this.#network.setTimeout(() => done(undefined), RETRY_MS));
    }
    if (reason) this.#say("");
    const [part] = await Promise.all([this.#network.run(`js/${this.#name}.js`), this.#dress()]);
    return part;
  }

  /** Of its files, once they are whole and in the browser's cache. */
  #statuses() {
    const kinds = this.#hasSheet ? ["js", "css"] : ["js"];
    return Promise.all(
      kinds.map(async (kind) => {
        const answer = await this.#network.fetch(`${kind}/${this.#name}.${kind}`);
        await answer.text();
        return answer.status;
      }),
    );
  }

  #dress() {
    return this.#hasSheet ? this.#network.dress(`css/${this.#name}.css`) : null;
  }
}

/**
 * Beside the scripts that the page came with, in an address that names their version.
 *
 * @param {string} path
 */
function addressOf(path) {
  const first = /** @type {HTMLScriptElement} */ (document.querySelector('script[src$="/js/first.js"]'));
  return new URL(`../${path}`, first.src).href;
}
