/**
 * Asks the server who is in a room. Knows neither the page nor the socket.
 */

import { asMembers } from "./protocol.js";

const ANSWER_MS = 5_000;

/**
 * A few other members whose name or login begins so; nobody where there is no answer.
 *
 * @param {number} room
 * @param {string} begin
 */
export async function membersLike(room, begin) {
  const path = `/api/rooms/${room}/mentionable?q=${encodeURIComponent(begin)}`;
  const answer = await fetch(path, { signal: AbortSignal.timeout(ANSWER_MS) });
  return answer.ok ? asMembers(await answer.json()) : [];
}
