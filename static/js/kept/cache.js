/**
 * What this browser keeps of the chat for when there is no network, in a cache of one person. Pages write it, the service
 * worker too removes it. Writing needs the cache to be there already: so no page that was left behind by a sign-out
 * brings it back.
 */

import { LIST } from "./entries.js";

/** The one service worker, which comes with every page. */
export const WORKER = "/service-worker.js";

const FORMAT = 1; // raise it when what is kept changes its shape
const PREFIX = "kept-";
const LONGEST_MS = 7 * 86_400_000;

/** @param {number} user */
const nameOf = (user) => `${PREFIX}${FORMAT}-${user}`;
/** @param {string} path */
const addressOf = (path) => new URL(`/kept/${path}`, location.href).href;

/**
 * One after the other over all pages and the service worker: nothing is written while it is forgotten.
 *
 * @template T
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
const alone = (task) => navigator.locks.request("kept", task);

async function names() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

/** @param {string} [but] */
async function remove(but) {
  for (const name of await names()) if (name !== but) await caches.delete(name);
}

/**
 * From now on it is kept for this person, and for nobody else.
 *
 * @param {number} user
 */
export function beginKeeping(user) {
  return alone(async () => {
    await remove(nameOf(user));
    await caches.open(nameOf(user));
  });
}

/** It all goes. */
export function forgetKept() {
  return alone(() => remove());
}

/** Whose it is; null: nothing is kept. */
export async function ownerOfKept() {
  const name = (await names()).find((each) => each.startsWith(`${PREFIX}${FORMAT}-`));
  return name === undefined ? null : Number(name.split("-")[2]);
}

/**
 * Writes entries by their paths, and removes those of a folder that are not wanted any more.
 *
 * @param {number} user
 * @param {Record<string, object>} entries
 * @param {(path: string) => boolean} isWanted
 */
export function keep(user, entries, isWanted) {
  return alone(async () => {
    if (!(await caches.has(nameOf(user)))) return; // somebody signed out meanwhile
    const cache = await caches.open(nameOf(user));
    for (const [path, entry] of Object.entries(entries)) await cache.put(addressOf(path), Response.json(entry));
    for (const { url } of await cache.keys()) if (!isWanted(url.slice(addressOf("").length))) await cache.delete(url);
  });
}

/**
 * Reads an entry; null: there is none, or it is too old and goes. With the list goes all: nobody was here for so long.
 *
 * @param {string} path
 * @param {number} now milliseconds
 * @returns {Promise<any>}
 */
export async function readKept(path, now) {
  const owner = await ownerOfKept();
  if (owner === null) return null;
  const cache = await caches.open(nameOf(owner));
  const entry = await (await cache.match(addressOf(path)))?.json();
  if (!entry || entry.at > now - LONGEST_MS) return entry ?? null;
  if (path === LIST) await forgetKept();
  else await cache.delete(addressOf(path));
  return null;
}
