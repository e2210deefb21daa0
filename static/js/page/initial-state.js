/**
 * The state that the page arrived with: the server wrote it into attributes and messages.
 *
 * @import {Level, State} from '../state/types.js'
 */

import { byId } from "../lib/dom.js";
import { readMessage } from "../timeline/message-view.js";
import { emptyRoom } from "../state/room.js";

/**
 * @param {number} now milliseconds
 * @returns {State}
 */
export function arrivedState(now) {
  const { dataset } = byId("room", HTMLElement);
  const elements = /** @type {NodeListOf<HTMLElement>} */ (byId("log", HTMLElement).querySelectorAll(".message"));
  const messages = Array.from(elements, readMessage);
  const room = { ...arrivedRoom(dataset), messages, atStart: dataset.hasOlder !== "true", atEnd: dataset.hasNewer !== "true" };
  room.lastSeq = Math.max(room.lastSeq, messages.at(-1)?.seq ?? 0);
  return {
    me: {
      ...{ id: Number(dataset.userId), login: dataset.userLogin ?? "", name: dataset.userName ?? "" },
      ...(dataset.userHue ? { hue: Number(dataset.userHue) } : {}),
    },
    ...{ open: room.id, epoch: dataset.epoch ?? "", serverEpoch: dataset.epoch ?? "", textLimit: Number(dataset.textLimit) },
    ...{ rooms: { [room.id]: room }, pending: [], sent: [], durable: true, attending: false },
    connection: { phase: "connecting", lostAt: now, overdue: false, code: 0, offline: false },
  };
}

/** @param {DOMStringMap} dataset */
function arrivedRoom({ calls, deleted, lastSeq, own, readSeq, rev, roomArchived, roomCreator, roomId, roomKind, roomLevel, roomName, roomPeople, roomTopic }) {
  return emptyRoom({
    ...{ archived: roomArchived === "true", creator: Number(roomCreator), people: JSON.parse(roomPeople ?? "[]") },
    ...{ id: Number(roomId), kind: roomKind ?? "", name: roomName ?? "", topic: roomTopic ?? "" },
    ...{ last_seq: Number(lastSeq), last_rev: Number(rev), read_seq: Number(readSeq) },
    ...{ deleted: numbersIn(deleted), own: numbersIn(own), calls: numbersIn(calls), level: /** @type {Level} */ (roomLevel) },
  });
}

/** @param {string | undefined} list */
function numbersIn(list) {
  return (list ?? "").split(",").filter(Boolean).map(Number);
}
