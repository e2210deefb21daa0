/**
 * What another app shared to this one, on its way from the service worker to the composer of a room: for a quarter of an
 * hour, and only for the person whose browser it was, where somebody was logged in.
 */

import { ownerOfKept } from "./cache.js";

const NAME = "shared";
const LASTS_MS = 15 * 60_000;
const TEXTS = ["title", "text", "url"];

/** @param {string | number} place */
const addressOf = (place) => new URL(`/shared/${place}`, location.href).href;

/** @param {FormData} form */
export async function putShared(form) {
  await dropShared();
  const cache = await caches.open(NAME);
  const files = form.getAll("files").filter((each) => each instanceof File && each.size > 0);
  for (const [index, file] of files.entries()) await cache.put(addressOf(index), new Response(file));
  const texts = TEXTS.map((name) => String(form.get(name) ?? "").trim());
  const named = files.map(({ name, type }) => ({ name, type }));
  const text = [...new Set(texts)].filter(Boolean).join("\n");
  await cache.put(addressOf("what"), Response.json({ text, files: named, owner: await ownerOfKept(), at: Date.now() }));
}

export function dropShared() {
  return caches.delete(NAME);
}

/**
 * What was shared, if it is this person's to have and not too old; what is not goes.
 *
 * @param {number} user
 * @returns {Promise<{text: string, files: File[]} | null>}
 */
export async function sharedFor(user) {
  if (!(await caches.has(NAME))) return null;
  const cache = await caches.open(NAME);
  const what = await (await cache.match(addressOf("what")))?.json();
  const isTheirs = what && (what.owner === null || what.owner === user) && what.at > Date.now() - LASTS_MS;
  if (!isTheirs) {
    await dropShared();
    return null;
  }
  const files = what.files.map(async ({ name, type }, /** @type {number} */ index) => {
    const body = await (await cache.match(addressOf(index)))?.blob();
    return new File(body ? [body] : [], name, { type });
  });
  return { text: what.text, files: await Promise.all(files) };
}
