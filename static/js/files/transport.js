/**
 * How a request with a large body is sent: by XMLHttpRequest, which says how much is out; fetch does not.
 *
 * @import {Answer, Sent} from './tus.js'
 */

/** Nothing moved for so long: the network is gone without a word. The last piece is judged before it is answered. */
const SILENCE_MS = 30_000;

/**
 * @param {Sent} sent
 * @returns {Promise<Answer>}
 */
export function request({ body, headers, method, onProgress, path, signal }) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    /** @type {number | undefined} */
    let silence;
    const moved = () => {
      clearTimeout(silence);
      silence = setTimeout(() => xhr.abort(), SILENCE_MS);
    };
    const stop = () => xhr.abort();
    const ended = () => {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
      resolve({ status: xhr.status, header: (name) => xhr.getResponseHeader(name), json: () => parsed(xhr.responseText) });
    };
    xhr.open(method, path);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => (moved(), onProgress?.(loaded));
    xhr.onloadend = ended;
    signal.addEventListener("abort", stop);
    if (signal.aborted) return ended();
    moved();
    xhr.send(body);
  });
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/**
 * Runs something for a file when no other tab does so for the same one. On plain http browsers have no locks: then two
 * tabs may send the same bytes, and the server takes each byte once.
 *
 * @param {string} id
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} run
 */
export async function alone(id, signal, run) {
  if (navigator.locks) await navigator.locks.request(`parley:file:${id}`, { signal }, run);
  else await run();
}
