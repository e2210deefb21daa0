/**
 * Pages while there is no network: the shell, which holds nobody's words, comes from a cache, and shows what is kept
 * (offline.js). While there is a network each page comes over it, so none is ever old.
 *
 * `shell` is written before this script by the server (app/shell/worker.py): its version, page and files.
 */

const SHELL = "shell-";
const NAME = `${SHELL}${shell.version}`;
const SHOWN = /^\/(?:$|rooms\/|people|search|settings|share)/;

/** Fetches the shell of this version whole, or fails: then the worker before this one goes on. */
export async function fetchShell() {
  const cache = await caches.open(NAME);
  await cache.addAll(shell.files);
  const page = await fetch(shell.page, { cache: "no-store", credentials: "omit" });
  const text = await page.clone().text();
  if (!shell.files.every((path) => text.includes(path))) throw new Error("the shell is of another version");
  await cache.put(shell.page, page);
}

/** Removes the shells of other versions. */
export async function dropOldShells() {
  for (const name of await caches.keys()) if (name.startsWith(SHELL) && name !== NAME) await caches.delete(name);
}

/**
 * The answer to what a page asks for, where it is ours to give.
 *
 * @param {Request} request
 * @returns {Promise<Response> | null}
 */
export function answer(request) {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return null;
  if (request.mode === "navigate") return SHOWN.test(pathname) ? overNetwork(request) : null;
  return shell.files.includes(pathname) ? fromShell(request) : null; // its address names its content: it is never old
}

/** @param {Request} request */
async function overNetwork(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const page = await caches.match(shell.page);
    if (page) return page;
    throw error;
  }
}

/** @param {Request} request */
async function fromShell(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}
