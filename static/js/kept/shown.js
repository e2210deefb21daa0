/**
 * The notices that this browser shows. Its service worker shows them, and its pages take them back: one after the other.
 *
 * Of two that are shown at once, each would find that nothing was shown before. And a browser knows a notice by its room:
 * whoever closes one closes the newer one, too, that was shown in its place meanwhile. Chromium also forgets a notice that
 * is just being shown while somebody asks for all: nothing can take it back then.
 */

const TURN = "notices";

/**
 * Waits for one's turn over all pages and the service worker.
 *
 * @template T
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
export const inTurn = (task) => navigator.locks.request(TURN, task);

/**
 * Closes notices, where nobody works on them just now; whether it was so. A page does not wait for its turn: the system
 * may have put it to sleep when that comes, and then no notice would be shown.
 *
 * @param {ServiceWorkerRegistration} registration
 * @param {(shown: Notification) => boolean} isOver
 * @returns {Promise<boolean>}
 */
export function takeBack(registration, isOver) {
  return navigator.locks.request(TURN, { ifAvailable: true }, async (lock) => {
    if (lock) await closeShown(registration, isOver);
    return lock !== null;
  });
}

/**
 * Closes notices. It is one's turn already.
 *
 * @param {ServiceWorkerRegistration} registration
 * @param {(shown: Notification) => boolean} isOver
 */
export async function closeShown(registration, isOver) {
  for (const shown of await registration.getNotifications()) if (isOver(shown)) shown.close();
}
