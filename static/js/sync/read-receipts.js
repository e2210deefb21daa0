/**
 * What the person has read: counted at once on this page, told to the server at most once a second. Knows neither the
 * page on screen nor the socket.
 *
 * @import {Clock, Hello, Read, Room} from '../state/types.js'
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

  /**
   * The server's word counts, but for what was read here meanwhile.
   *
   * @param {Hello} event
   */
  greeted({ rooms }) {
    for (const { id, read_seq: readSeq } of rooms) {
      const seq = this.#untold.get(id) ?? 0;
      this.#told.set(id, readSeq);
      this.#untold.delete(id);
      if (seq > readSeq) this.#read(id, seq);
    }
  }

  /**
   * Something was read elsewhere, or taken back.
   *
   * @param {Read} event
   */
  heard({ room, seq, back }) {
    this.#told.set(room, seq);
    if (back || (this.#untold.get(room) ?? 0) <= seq) this.#untold.delete(room);
  }

  /**
   * The person takes back to have read something; what they read before that is not told any more.
   *
   * @param {number} room
   */
  takenBack(room) {
    this.#untold.delete(room);
  }

  /**
   * The newest message of a room is in view, and someone is looking; or they said that they have read it.
   *
   * @param {Room} room
   */
  sawNewest({ id, lastSeq, readSeq }) {
    if (lastSeq > readSeq) this.#read(id, lastSeq);
    else if (lastSeq > (this.#told.get(id) ?? 0)) this.#tellSoon(id, lastSeq);
  }

  /** Tells what is not told yet: at once where the page is being left. */
  tell() {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [room, seq] of this.#untold) {
      if (!this.#options.send({ type: "read", room, seq })) return;
      this.#told.set(room, seq);
      this.#untold.delete(room);
    }
  }

  /**
   * @param {number} room
   * @param {number} seq
   */
  #read(room, seq) {
    this.#tellSoon(room, seq);
    this.#options.onRead(room, seq);
  }

  /**
   * @param {number} room
   * @param {number} seq
   */
  #tellSoon(room, seq) {
    this.#untold.set(room, seq);
    this.#timer ??= this.#options.clock.setTimeout(() => this.tell(), TELL_MS);
  }
}
