/**
 * What the person has read: counted at once on this page, told to the server at most once a second. Knows neither the
 * page on screen nor the socket.
 *
 * @import {Clock, Hello, Read, Room} from './types.js'
 */

const TELL_MS = 1_000;

/**
 * @typedef {object} ReaderOptions
 * @property {Clock} clock
 * @property {(command: {type: 'read', room: number, seq: number}) => boolean} send false: not connected
 * @property {(room: number, seq: number) => void} onRead
 */

export class Reader {
  #options;
  /** What the server knows, by room.
   * @type {Map<number, number>} */
  #told = new Map();
  /** @type {Map<number, number>} */
  #untold = new Map();
  /** @type {number | undefined} */
  #timer;

  /** @param {ReaderOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Hello} event */
  greeted({ rooms }) {
    for (const room of rooms) this.#told.set(room.id, room.read_seq);
  }

  /**
   * Something was read elsewhere, or taken back.
   *
   * @param {Read} event
   */
  heard({ room, seq }) {
    this.#told.set(room, seq);
    this.#untold.delete(room);
  }

  /**
   * The newest message of a room is in view, and someone is looking; or they said that they have read it.
   *
   * @param {Room} room
   */
  sawNewest({ id, lastSeq, readSeq }) {
    if (lastSeq > readSeq) this.#options.onRead(id, lastSeq);
    if (lastSeq <= (this.#told.get(id) ?? 0)) return;
    this.#untold.set(id, lastSeq);
    this.#timer ??= this.#options.clock.setTimeout(() => this.#tell(), TELL_MS);
  }

  #tell() {
    this.#timer = undefined;
    for (const [room, seq] of this.#untold) {
      if (this.#options.send({ type: "read", room, seq })) this.#told.set(room, seq);
    }
    this.#untold.clear();
  }
}
