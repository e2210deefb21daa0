/**
 * The wire of uploads: tus 1.0 (https://tus.io/protocols/resumable-upload), as docs/PROTOCOL.md has it. No state.
 *
 * @import {Chosen} from '../state/types.js'
 */

import { Refusal } from "../sync/api.js";

const PLACE = "/api/uploads";
const UNREACHABLE = "The chat cannot be reached right now. Try again in a moment.";

/**
 * @typedef {object} Sent
 * @property {'POST' | 'HEAD' | 'PATCH' | 'GET' | 'DELETE'} method
 * @property {string} path
 * @property {Record<string, string>} headers
 * @property {Blob} [body]
 * @property {(sent: number) => void} [onProgress] bytes of the body that are out
 * @property {AbortSignal} signal
 *
 * @typedef {{status: number, header: (name: string) => string | null, json: () => any}} Answer `status` 0: none came
 *
 * @typedef {(sent: Sent) => Promise<Answer>} Transport
 */

export class Tus {
  #send;
  #headers;

  /**
   * @param {Transport} send
   * @param {string} csrfToken
   */
  constructor(send, csrfToken) {
    this.#send = send;
    this.#headers = { "Tus-Resumable": "1.0.0", "X-CSRF-Token": csrfToken };
  }

  /**
   * Begins an upload, or goes on with it: how many bytes the server has. What the file is called and shows is set again.
   *
   * @param {Chosen} file
   * @param {AbortSignal} signal
   * @throws {Refusal}
   */
  async begin({ alt, id, name, size, type }, signal) {
    const headers = { "Upload-Length": String(size), "Upload-Metadata": metadata({ filename: name, filetype: type, id, alt }) };
    const answer = await this.#ask({ method: "POST", path: PLACE, headers, signal });
    return offsetIn(answer) ?? this.#offset(id, signal);
  }

  /**
   * Sends a piece; how many bytes the server has then.
   *
   * @param {string} id
   * @param {number} offset of the piece
   * @param {Blob} body
   * @param {{onProgress: (sent: number) => void, signal: AbortSignal}} options
   * @throws {Refusal}
   */
  async send(id, offset, body, options) {
    const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
    const answer = await this.#ask({ method: "PATCH", path: `${PLACE}/${id}`, headers, body, ...options });
    return offsetIn(answer) ?? this.#offset(id, options.signal);
  }

  /**
   * The file as the server has judged it; null: not yet.
   *
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {Promise<Partial<Chosen> | null>}
   * @throws {Refusal}
   */
  async judged(id, signal) {
    const answer = await this.#ask({ method: "GET", path: `${PLACE}/${id}`, headers: {}, signal });
    return answer.json()?.file ?? null;
  }

  /**
   * Ends an upload that nobody wants any more. The server sweeps what it does not learn of.
   *
   * @param {string} id
   */
  async end(id) {
    const { signal } = new AbortController();
    await this.#ask({ method: "DELETE", path: `${PLACE}/${id}`, headers: {}, signal }).catch(() => null);
  }

  /**
   * @param {string} id
   * @param {AbortSignal} signal
   */
  async #offset(id, signal) {
    const offset = offsetIn(await this.#ask({ method: "HEAD", path: `${PLACE}/${id}`, headers: {}, signal }));
    if (offset === null) throw new Refusal("unreachable", UNREACHABLE); // something else answered
    return offset;
  }

  /** @param {Sent} sent */
  async #ask(sent) {
    const answer = await this.#send({ ...sent, headers: { ...sent.headers, ...this.#headers } });
    if (answer.status >= 200 && answer.status < 300) return answer;
    const { code = "unreachable", message = UNREACHABLE } = answer.json()?.error ?? {};
    throw new Refusal(code, message, answer.status, Number(answer.header("Retry-After")));
  }
}

/** @param {Answer} answer */
function offsetIn(answer) {
  const offset = answer.header("Upload-Offset");
  return offset === null || !/^\d+$/.test(offset) ? null : Number(offset);
}

/**
 * Pairs of a key and a value in Base64 of its UTF-8; an empty value is left out.
 *
 * @param {Record<string, string>} values
 */
export function metadata(values) {
  return Object.entries(values).filter(([, value]) => value).map(([key, value]) => `${key} ${base64(value)}`).join(",");
}

/** @param {string} text */
function base64(text) {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
