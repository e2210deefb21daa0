/**
 * What the person has read: counted at once on this page, sent to the server at most once a second. Needs neither the
 * page on screen nor the socket.
 *
 * @import {Clock, Hello, Read, Room} from '../state/types.js'
 */

const SEND_MS = 1_000;

/**
 * @typedef {object} ReaderOptions
 * @property {Clock} clock
 * @property {(command: {type: 'read', room: number, seq: number}) => boolean} send false: not connected
 * @property {(room: number, seq: number) => void} onRead
 * @property {(room: number) => void} onTakenBack before the server's answer: being in view must not read it again
 */

export class Reader {
  #options;
  /** What the server has, by room.
   * @type {Map<number, number>} */
  #sent = new Map();
  /** @type {Map<number, number>} */
  #unsent = new Map();
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
      const seq = this.#unsent.get(id) ?? 0;
      this.#sent.set(id, readSeq);
      this.#unsent.delete(id);
      if (seq > readSeq) this.#read(id, seq);
    }
  }

  /**
   * Something was read elsewhere, or taken back.
   *
   * @param {Read} event
   */
  received({ room, seq, back }) {
    this.#sent.set(room, seq);
    if (back || (this.#unsent.get(room) ?? 0) <= seq) this.#unsent.delete(room);
  }

  /**
   * The person takes back to have read something; what they read before that is not sent any more.
   *
   * @param {number} room
   */
  takenBack(room) {
    this.#unsent.delete(room);
    this.#options.onTakenBack(room);
  }

  /**
   * The newest message of a room is in view, and someone is looking; or they said that they have read it.
   *
   * @param {Room} room
   */
  sawNewest({ id, lastSeq, readSeq }) {
    if (lastSeq > readSeq) this.#read(id, lastSeq);
    else if (lastSeq > (this.#sent.get(id) ?? 0)) this.#sendSoon(id, lastSeq);
  }

  /** Sends what is not sent yet: at once where the page is being left. */
  flush() {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [room, seq] of this.#unsent) {
      if (!this.#options.send({ type: "read", room, seq })) return;
      this.#sent.set(room, seq);
      this.#unsent.delete(room);
    }
  }

  /**
   * @param {number} room
   * @param {number} seq
   */
  #read(room, seq) {
    this.#sendSoon(room, seq);
    this.#options.onRead(room, seq);
  }

  /**
   * @param {number} room
   * @param {number} seq
   */
  #sendSoon(room, seq) {
    this.#unsent.set(room, seq);
    this.#timer ??= this.#options.clock.setTimeout(() => this.flush(), SEND_MS);
  }
}
