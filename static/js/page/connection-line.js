/**
 * A slim line for what matters about the connection; nothing while all is well, or may soon be again.
 *
 * @import {State} from '../state/types.js'
 */

import { byId, setText, within } from "../lib/dom.js";
import { isCutOff } from "../state/selectors.js";

const TOO_MANY_SOCKETS = 4011;

export class ConnectionLine {
  #line = byId("connection", HTMLElement);
  #button = byId("try-now", HTMLButtonElement);

  /**
   * @param {() => void} tryNow
   * @param {AbortSignal} signal
   */
  constructor(tryNow, signal) {
    this.#button.addEventListener("click", tryNow, { signal });
  }

  /** @param {State} state */
  render(state) {
    const sentence = sentenceFor(state);
    this.#line.hidden = sentence === "";
    this.#button.hidden = state.connection.lostAt === null;
    setText(within(this.#line, ".connection__sentence"), sentence);
  }
}

/** @param {State} state */
function sentenceFor(state) {
  const { connection, durable, pending } = state;
  if (connection.code === TOO_MANY_SOCKETS) return "This chat is open in too many windows: close one";
  if (connection.offline && isCutOff(state)) return "No network: your messages wait for it";
  if (connection.overdue) return "Reconnecting, your messages are queued";
  if (!durable && pending.length > 0) return "This browser cannot keep unsent messages: leave the page open until they are sent";
  return "";
}
