/**
 * Requests to the server over HTTP. What is refused comes as a sentence for people.
 */

import { asMembers, asPage } from "./protocol.js";

const ANSWER_MS = 15_000;
const UNREACHABLE = "The chat cannot be reached right now. Try again in a moment.";

/** The message is a sentence; `code` says which field it is about, `status` is 0 where no answer came. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} [status]
   */
  constructor(code, message, status = 0) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** @typedef {Api['ask']} Ask */

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
   * @returns {Promise<any>}
   * @throws {Refusal}
   */
  ask = async (method, path, body) => {
    const headers = { "X-CSRF-Token": this.#csrfToken };
    const options = { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS) };
    const answer = await this.#fetch(path, options).catch(() => null);
    const given = await answer?.json().catch(() => null);
    if (!answer || !given) throw new Refusal("unreachable", UNREACHABLE, answer?.status);
    if (!answer.ok) throw new Refusal(given.error?.code ?? "", given.error?.message ?? UNREACHABLE, answer.status);
    return given;
  };

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
