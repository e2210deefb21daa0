/**
 * Commands on rooms, over HTTP. What is refused comes as a sentence for people.
 */

import { byId } from "../lib/dom.js";

const ANSWER_MS = 15_000;
const UNREACHABLE = "The chat cannot be reached right now. Try again in a moment.";

/** The message is a sentence; `code` says which field it is about. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @param {'GET' | 'POST' | 'PATCH' | 'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 * @throws {Refusal}
 */
export async function ask(method, path, body) {
  const headers = { "X-CSRF-Token": byId("room", HTMLElement).dataset.csrfToken ?? "" };
  const options = { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS) };
  /** @type {Response} */
  let answer;
  let told;
  try {
    answer = await fetch(path, options);
    told = await answer.json();
  } catch {
    throw new Refusal("unreachable", UNREACHABLE);
  }
  if (!answer.ok) throw new Refusal(told?.error?.code ?? "", told?.error?.message ?? UNREACHABLE);
  return told;
}
