/**
 * Requests to the server over HTTP. What is refused comes as a sentence for people.
 *
 * @import {RoomSummary} from '../state/types.js'
 */

import { asFindings, asMembers, asPage } from "./protocol.js";

const ANSWER_MS = 15_000;
const UNREACHABLE = "The chat cannot be reached right now. Try again in a moment.";

/**
 * The message is a sentence; `code` says which field it is about, `status` is 0 where no answer came. `retryAfterS`: in so
 * many seconds asking again makes sense; 0: not said.
 */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} [status]
   * @param {number} [retryAfterS]
   */
  constructor(code, message, status = 0, retryAfterS = 0) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

/**
 * @typedef {Api['ask']} Ask
 * @typedef {(answer: {room: RoomSummary}, path?: string) => void} Go to a room that one has just come into, with the server's
 *   answer; `path`: to a message in it
 */

export class Api {
  #csrfToken;
  #fetch;

  /**
   * @param {string} csrfToken
   * @param {(path: string, options: RequestInit) => Promise<Response>} [send] the browser's
   */
  constructor(csrfToken, send = (path, options) => fetch(path, options)) {
    this.#csrfToken = csrfToken;
    this.#fetch = send;
  }

  /**
   * @param {'GET' | 'POST' | 'PATCH' | 'DELETE'} method
   * @param {string} path
   * @param {object} [body]
   * @param {AbortSignal} [given] ends the request before its time
   * @returns {Promise<any>}
   * @throws {Refusal}
   */
  ask = async (method, path, body, given) => {
    const headers = { "X-CSRF-Token": this.#csrfToken };
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(given ? [given] : [])]);
    const answer = await this.#fetch(path, { method, headers, body: body && JSON.stringify(body), signal }).catch(() => null);
    const content = await answer?.json().catch(() => null);
    if (!answer || !content) throw new Refusal("unreachable", UNREACHABLE, answer?.status);
    const { code = "", message = UNREACHABLE } = content.error ?? {};
    if (!answer.ok) throw new Refusal(code, message, answer.status, Number(answer.headers.get("Retry-After")));
    return content;
  };

  /**
   * Messages that answer a question, newest first.
   *
   * @param {URLSearchParams} question
   * @param {AbortSignal} signal
   */
  async search(question, signal) {
    return asFindings(await this.ask("GET", `/api/search?${question}`, undefined, signal));
  }

  /**
   * A stretch of a room's history.
   *
   * @param {number} room
   * @param {string} query
   */
  async page(room, query) {
    return asPage(await this.ask("GET", `/api/rooms/${room}/messages?${query}`));
  }

  /**
   * A few other members of a room whose name or login begins so.
   *
   * @param {number} room
   * @param {string} begin
   */
  async membersLike(room, begin) {
    return asMembers(await this.ask("GET", `/api/rooms/${room}/mentionable?q=${encodeURIComponent(begin)}`));
  }
}
