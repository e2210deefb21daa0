/**
 * The ways off the page that are not the reader's own. Nothing on the page answers any more once one is taken.
 */

export class Leaving {
  #stop;
  #all = new AbortController();

  /** @param {() => void} stop ends the connection */
  constructor(stop) {
    this.#stop = stop;
  }

  /** Takes everything off the page's events. */
  get signal() {
    return this.#all.signal;
  }

  /** The session has ended. */
  logIn() {
    this.#leave();
    location.assign(`/login?${new URLSearchParams({ next: location.pathname + location.search })}`);
  }

  /** Someone else has logged in with this browser: what waits here must not be sent in their name. */
  reload() {
    this.#leave();
    location.reload();
  }

  #leave() {
    this.#stop();
    this.#all.abort();
  }
}
