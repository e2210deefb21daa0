/**
 * The files that a message carries: its pictures in a grid, then all others, a line each. An element stays as long as its
 * file is there, so that a picture that was on its way does not load again once it is sent.
 *
 * @import {Carried, SharedFile} from '../../state/message.js'
 */

import { clone, setText, within } from "../../lib/dom.js";
import { fileLabels } from "../../state/file-labels.js";
import { load, offer } from "./loading.js";

/** So many pictures are seen; the last of them says how many more there are. */
const SEEN = 4;

/** Those may move. */
const MOVING = new Set(["image/gif", "image/png", "image/webp", "image/avif"]);

/**
 * @param {HTMLElement} message
 * @param {Carried} carried
 */
export function fillFiles(message, { files = [] }) {
  const shown = message.querySelector(".files");
  if (files.length === 0) {
    shown?.remove();
    return;
  }
  const element = shown instanceof HTMLElement ? shown : clone("files-template");
  if (!shown) within(message, ".message__text").after(element);
  const gallery = within(element, ".gallery");
  const isSent = message.dataset.status === "sent";
  const [pictures, others] = [files.filter(isPicture), files.filter((file) => !isPicture(file))];
  gallery.dataset.count = String(Math.min(pictures.length, SEEN + 1));
  arrange(gallery, pictures, (file, index) => {
    const more = index === SEEN - 1 ? pictures.length - SEEN : 0;
    return fillPicture(own(gallery, file) ?? clone("picture-template"), file, { isSent, more });
  });
  arrange(element, others, (file) => fillCard(own(element, file) ?? clone(`${file.kind}-template`), file, isSent), gallery);
}

/** @param {SharedFile} file */
export function isPicture({ kind }) {
  return kind === "picture";
}

/**
 * The elements of files, in their order and no others of files, behind one that stays.
 *
 * @param {HTMLElement} parent
 * @param {SharedFile[]} files
 * @param {(file: SharedFile, index: number) => HTMLElement} fill
 * @param {Element | null} [before]
 */
function arrange(parent, files, fill, before = null) {
  const elements = files.map(fill);
  for (const child of parent.querySelectorAll(":scope > [data-file]")) {
    if (!elements.some((element) => element === child)) child.remove();
  }
  for (const element of elements) {
    const place = before ? before.nextElementSibling : parent.firstElementChild;
    if (element !== place) parent.insertBefore(element, place); // what stands where it should is not moved, and plays on
    before = element;
  }
}

/**
 * @param {HTMLElement} parent
 * @param {SharedFile} file
 */
function own(parent, { id, kind }) {
  const element = parent.querySelector(`:scope > [data-file="${CSS.escape(id)}"]`);
  const isSameKind = element instanceof HTMLElement && (element.dataset.kind ?? "picture") === kind;
  return isSameKind ? element : undefined; // the server may judge it otherwise than the browser that sent it
}

/**
 * @param {HTMLElement} element
 * @param {SharedFile} file
 * @param {{isSent: boolean, more: number}} options so many `more` pictures are not seen
 */
function fillPicture(element, file, { isSent, more }) {
  const { height, path, width } = fileLabels(file);
  const image = /** @type {HTMLImageElement} */ (within(element, ".picture__image"));
  element.dataset.file = file.id;
  element.setAttribute("href", path);
  element.title = file.alt || file.name;
  image.alt = (file.alt || `Picture ${file.name}`) + (more > 0 ? `, and ${more} more` : "");
  Object.assign(image, { width, height });
  image.style.aspectRatio = `${width} / ${height}`; // not that of the bytes, which is another by a hair
  if (more > 0) element.dataset.more = `+${more}`;
  else delete element.dataset.more;
  if (isSent && MOVING.has(file.type)) holdStill(image, `${path}?size=still`);
  load(element, image, file.local ?? (isSent ? `${path}?size=small` : ""), file.placeholder);
  return element;
}

/**
 * Whoever wants less motion sees the first frame, from this address.
 *
 * @param {HTMLImageElement} image
 * @param {string} address
 */
function holdStill(image, address) {
  if (image.previousElementSibling) return;
  const source = document.createElement("source");
  source.media = "(prefers-reduced-motion: reduce)";
  source.srcset = address;
  image.before(source);
}

/**
 * @param {HTMLElement} element
 * @param {SharedFile} file
 * @param {boolean} isSent
 */
function fillCard(element, file, isSent) {
  const { ending, path, sign, size, stem } = fileLabels(file);
  element.dataset.file = file.id;
  within(element, ".file__line").setAttribute("href", `${path}?download`);
  setText(within(element, ".file__sign"), sign);
  setText(within(element, ".file__stem"), stem);
  setText(within(element, ".file__ending"), ending);
  setText(within(element, ".file__size"), size);
  const reason = within(element, ".file__reason");
  reason.hidden = !file.reason;
  setText(reason, file.reason ?? "");
  element.title = file.name;
  if (file.kind === "text") setText(within(element, ".file__which"), file.name);
  const player = element.querySelector(".file__player");
  if (player instanceof HTMLMediaElement && isSent) offer(player, file, path);
  return element;
}
