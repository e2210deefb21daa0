/**
 * How the push service of this browser reaches it, and the server gets to have that.
 *
 * @import {Ask} from '../sync/api.js'
 */

import { WORKER } from "../kept/cache.js";

const SUBSCRIBE_MS = 20_000; // a browser that cannot reach its push service may never say so

/**
 * Where this browser keeps that notices are on in it for a person: it has them again when they come back.
 *
 * @param {number | string} user
 */
export const placeOf = (user) => `parley:notices:${user}`;

/**
 * Subscribes, if there is a push service; whether there is one.
 *
 * @param {Ask} ask
 * @param {string} key of the server
 * @param {string | null} [saved] the endpoint that the server has; "": it has that there is none
 */
export async function subscribe(ask, key, saved = null) {
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const late = new Promise((done) => setTimeout(() => done(undefined), SUBSCRIBE_MS));
  const subscription = await Promise.race([subscribedTo(pushManager, key), late]);
  if (subscription === undefined && saved) return true; // what the server has may well be right
  const { endpoint, keys } = subscription?.toJSON() ?? {};
  if ((endpoint ?? "") !== saved) {
    if (endpoint) await ask("POST", "/api/notices/browser", { endpoint, p256dh: keys?.p256dh, auth: keys?.auth });
    else await ask("POST", "/api/notices/browser/pages", {});
  }
  return endpoint !== undefined;
}

/**
 * @param {PushManager} pushManager
 * @param {string} key
 */
async function subscribedTo(pushManager, key) {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") return null; // there is no service
    await (await pushManager.getSubscription())?.unsubscribe(); // it was for another key
    return pushManager.subscribe(options);
  }
}
