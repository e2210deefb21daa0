/**
 * The browser's edges, which tests put others in place of: time, the socket, the storage.
 *
 * @import {Clock} from '../state/types.js'
 */

/** @type {Clock} */
export const clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => window.setTimeout(callback, ms),
  clearTimeout: (handle) => window.clearTimeout(handle),
};

export function openSocket() {
  const address = new URL("/ws", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return new WebSocket(address);
}

/** The browser's storage, or null where it is forbidden. */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The storage of this tab alone, which lives as long as the tab; null where it is forbidden. */
export function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** The tab's history, and how it came here. */
export function tabHistory() {
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const address = { origin: location.origin, referrer: document.referrer, isLink: navigation?.type === "navigate" };
  return { tab: tabStorage(), history: window.history, address };
}
