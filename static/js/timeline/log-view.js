/**
 * The lines of the timeline on the page, one element each by key: those that stay are not touched. The lines of the rooms
 * that were shown before are set aside.
 *
 * @import {Carried} from '../state/types.js'
 * @import {Item} from './grouping.js'
 */

import { clone, setText, within } from "../lib/dom.js";
import { REMEMBERED } from "../state/room.js";
import { fillMessage } from "./message-view.js";

/** @typedef {{element: HTMLElement, item: Item | null}} Shown */

export class LogView {
  #log;
  /** @type {Map<string, Shown>} */
  #shown = new Map();
  #room = 0;
  /** By the id of the room; what was set aside last is the last.
   * @type {Map<number, Map<string, Shown>>} */
  #aside = new Map();

  /** @param {HTMLElement} log */
  constructor(log) {
    this.#log = log;
  }

  /** Takes over what the server wrote; days and groups will be the reader's own. */
  adopt() {
    for (const child of [...this.#log.childNodes]) {
      const message = child instanceof HTMLElement && child.matches(".message") ? child : null;
      if (message) this.#shown.set(`seq ${message.dataset.seq}`, { element: message, item: null });
      else child.remove();
    }
  }

  /**
   * The lines are those of this room from now on; those that it was shown with before need not be made again.
   *
   * @param {number} room
   */
  turnTo(room) {
    const before = this.#room;
    this.#room = room;
    if (!before || before === room) return; // what was adopted is the first room's
    this.#log.replaceChildren();
    this.#aside.set(before, this.#shown);
    this.#shown = this.#aside.get(room) ?? new Map();
    this.#aside.delete(room);
    for (const [oldest] of this.#aside) if (this.#aside.size > REMEMBERED) this.#aside.delete(oldest);
  }

  /** @param {string} key */
  element(key) {
    return this.#shown.get(key)?.element;
  }

  /**
   * Shows these items. With `most`, of those that are not shown yet only the last so many.
   *
   * @param {Item[]} items
   * @param {number} [most]
   */
  render(items, most = items.length) {
    this.#forget(new Set(items.map((item) => item.key)));
    let next = this.#log.firstElementChild;
    for (const [index, item] of items.entries()) {
      const element = index < items.length - most ? this.#waiting(item) : this.#filled(item);
      if (element && element === next) next = element.nextElementSibling;
      else if (element) this.#log.insertBefore(element, next);
    }
  }

  /**
   * The element of a line that is not filled now, if it stands in the page.
   *
   * @param {Item} item
   */
  #waiting({ key }) {
    const { element, item } = this.#shown.get(key) ?? {};
    if (!element?.isConnected) return null;
    element.hidden = !item; // as the server wrote it, with the days and hours of nobody
    return element;
  }

  /** @param {Set<string>} wanted */
  #forget(wanted) {
    for (const [key, { element }] of this.#shown) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#shown.delete(key);
    }
  }

  /** @param {Item} item */
  #filled(item) {
    const shown = this.#shown.get(item.key) ?? { element: clone(`${item.kind}-template`), item: null };
    if (!shown.item || !isSame(shown.item, item)) fill(shown.element, item);
    shown.element.hidden = false;
    this.#shown.set(item.key, { element: shown.element, item });
    return shown.element;
  }
}

/**
 * @param {HTMLElement} element
 * @param {Item} item
 */
function fill(element, item) {
  if (item.kind === "message") fillMessage(element, item);
  if (item.kind === "day") {
    element.dataset.date = item.date;
    setText(within(element, ".divider__label"), item.label);
  }
}

/**
 * @param {Item} one
 * @param {Item} other
 */
function isSame(one, other) {
  if (one.kind === "day" && other.kind === "day") return one.label === other.label;
  if (one.kind !== "message" || other.kind !== "message") return one.kind === other.kind;
  const isSameText = one.message === other.message && one.text === other.text && one.reason === other.reason;
  const isSamePlace = one.status === other.status && one.startsGroup === other.startsGroup;
  return isSameText && isSamePlace && isSameCarried(one.carried, other.carried);
}

/**
 * @param {Carried} one
 * @param {Carried} other
 */
function isSameCarried(one, other) {
  const names = /** @type {(keyof Carried)[]} */ (Object.keys({ ...one, ...other }));
  return one === other || names.every((name) => one[name] === other[name]);
}
