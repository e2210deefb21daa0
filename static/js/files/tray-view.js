/**
 * The tray above the text: a thumbnail or a name for each file, with a ring of how much is sent, and a sign to remove it.
 *
 * @import {Chosen} from '../state/types.js'
 */

import { byId, setText, within } from "../lib/dom.js";
import { fileLabels } from "../state/file-labels.js";
import { trayFile, trayStatus } from "./made.js";

/**
 * @typedef {object} TrayActions
 * @property {(file: Chosen) => void} remove
 * @property {(file: Chosen) => void} describe
 * @property {(file: Chosen) => void} retry
 */

export class TrayView {
  #actions;
  #list = byId("tray", HTMLElement);
  #said = trayStatus();
  /** @type {Chosen[]} */
  #files = [];

  /**
   * @param {TrayActions} actions
   * @param {AbortSignal} signal
   */
  constructor(actions, signal) {
    this.#actions = actions;
    this.#list.after(this.#said);
    this.#list.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  /**
   * @param {Chosen[]} files
   * @param {Map<string, string>} refused why a file was not taken
   */
  render(files, refused) {
    this.#files = files;
    const shown = new Map(this.#elements().map((element) => [element.dataset.file, element]));
    const elements = files.map((file) => fill(shown.get(file.id) ?? trayFile(), file, refused.get(file.id) ?? ""));
    for (const element of shown.values()) if (!elements.includes(element)) element.remove();
    elements.forEach((element, index) => {
      if (this.#list.children[index] !== element) this.#list.insertBefore(element, this.#list.children[index] ?? null);
    });
    this.#list.hidden = files.length === 0;
  }

  /**
   * Says what came to those who do not see it.
   *
   * @param {{name: string}[]} added
   */
  announce(added) {
    const count = this.#files.length;
    setText(this.#said, `Added ${added.map(({ name }) => name).join(", ")}. ${count === 1 ? "1 file" : `${count} files`} in the message`);
  }

  #elements() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("button") : null;
    const id = button?.closest("li")?.dataset.file;
    const file = this.#files.find((each) => each.id === id);
    if (!button || !file) return;
    if (button.matches(".tray__remove")) this.#actions.remove(file);
    else if (button.closest("[data-refused]")) this.#actions.retry(file);
    else if (file.kind === "picture") this.#actions.describe(file);
  }
}

/**
 * @param {HTMLElement} element
 * @param {Chosen} file
 * @param {string} refusal
 */
function fill(element, file, refusal) {
  const { alt, id, kind, local, name, sent = 0, size, whole } = file;
  const { ending, sign, size: written, stem } = fileLabels(file);
  const isPicture = kind === "picture";
  const image = /** @type {HTMLImageElement} */ (within(element, ".tray__image"));
  const face = /** @type {HTMLButtonElement} */ (within(element, ".tray__face"));
  const share = whole ? 1 : sent / Math.max(1, size);
  element.dataset.file = id;
  element.dataset.kind = isPicture ? "picture" : "file";
  element.title = refusal || name;
  element.toggleAttribute("data-refused", Boolean(refusal));
  element.toggleAttribute("data-whole", Boolean(whole));
  element.style.setProperty("--share", String(share));
  if (isPicture && local && image.src !== local) image.src = local;
  image.hidden = !isPicture;
  setText(within(element, ".tray__sign"), isPicture ? "" : sign);
  setText(within(element, ".tray__stem"), isPicture ? "" : stem);
  setText(within(element, ".tray__ending"), isPicture ? "" : ending);
  setText(within(element, ".tray__size"), isPicture ? "" : written);
  setText(within(element, ".tray__words"), refusal ? "Try again" : isPicture ? (alt ? "Described" : "Describe") : "");
  face.setAttribute("aria-label", faceLabel(name, { alt, isPicture, refusal }));
  face.disabled = !isPicture && !refusal;
  within(element, ".tray__remove").setAttribute("aria-label", `Remove ${name}`);
  const progress = within(element, ".tray__progress");
  progress.hidden = Boolean(whole || refusal);
  progress.setAttribute("value", String(share));
  progress.setAttribute("aria-label", `${name} is being sent`);
  return element;
}

/**
 * @param {string} name
 * @param {{alt: string, isPicture: boolean, refusal: string}} about
 */
function faceLabel(name, { alt, isPicture, refusal }) {
  if (refusal) return `${name} was not taken: ${refusal} Try again`;
  if (!isPicture) return name;
  return alt ? `${name}: ${alt}. Change the description` : `Describe ${name}`;
}
