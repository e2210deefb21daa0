/**
 * What the page behind a link says of itself, in a card below the text. It comes some seconds after its message. Where it
 * would move what somebody reads, it waits until its message is out of view.
 *
 * @import {Carried, Preview} from '../../state/message.js'
 * @import {Reader} from '../../state/types.js'
 */

import { clone, setText, within } from "../../lib/dom.js";

const AT_END_PX = 100; // as in scroll.js

/** Of messages that are being read. @type {WeakMap<Element, () => void>} */
const waiting = new WeakMap();
/** @type {IntersectionObserver | null} */
let leaving = null;

/**
 * @param {HTMLElement} message
 * @param {Carried} carried
 * @param {Reader} reader
 */
export function fillPreview(message, { preview }, { room }) {
  const shown = message.querySelector(".preview");
  waiting.delete(message);
  if (!preview) {
    shown?.remove();
    return;
  }
  const show = () => fill(message, preview, `/previews/${room}/${message.dataset.seq}`);
  if (shown || !isRead(message)) show();
  else wait(message, show);
}

/**
 * @param {HTMLElement} message
 * @param {Preview} preview
 * @param {string} address of its picture
 */
function fill(message, { description = "", picture, site = "", title, url }, address) {
  const shown = message.querySelector(".preview");
  const element = shown instanceof HTMLElement ? shown : clone("preview-template");
  if (!shown) within(message, ".message__reactions").before(element);
  within(element, ".preview__link").setAttribute("href", url);
  setText(within(element, ".preview__site"), site);
  setText(within(element, ".preview__title"), title);
  setText(within(element, ".preview__about"), description);
  const image = element.querySelector("img");
  if (!picture) image?.remove();
  else if (!image) within(element, ".preview__link").after(pictureAt(address));
}

/** @param {string} src */
function pictureAt(src) {
  const image = document.createElement("img");
  return Object.assign(image, { className: "preview__picture", loading: "lazy", decoding: "async", src, alt: "" });
}

/**
 * In view, above the end: at the end what is newest stays in view, and lines move up for it anyway.
 *
 * @param {HTMLElement} message
 */
function isRead(message) {
  const scroller = message.isConnected ? message.closest(".timeline") : null;
  if (!scroller || Math.abs(scroller.scrollTop) < AT_END_PX) return false;
  const [{ bottom, top }, view] = [message.getBoundingClientRect(), scroller.getBoundingClientRect()];
  return bottom > view.top && top < view.bottom;
}

/**
 * @param {HTMLElement} message
 * @param {() => void} show
 */
function wait(message, show) {
  waiting.set(message, show);
  leaving ??= new IntersectionObserver((entries) => entries.forEach(left));
  leaving.observe(message);
}

/** What is in view stays where it is. @param {IntersectionObserverEntry} entry */
function left({ isIntersecting, target }) {
  if (isIntersecting) return;
  leaving?.unobserve(target);
  const show = waiting.get(target);
  const scroller = target.closest(".timeline");
  if (!show) return;
  if (!scroller) { // another room is shown
    waiting.delete(target);
    show();
    return;
  }
  const { height, left: side, top, width } = scroller.getBoundingClientRect();
  const read = document.elementFromPoint(side + width / 2, top + height / 2) ?? scroller;
  const before = read.getBoundingClientRect().top;
  waiting.delete(target);
  show();
  scroller.scrollTop += read.getBoundingClientRect().top - before;
}
