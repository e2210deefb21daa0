/**
 * Keys that mark what is selected in the text that is being written: bold, italics, code.
 */

import { byId } from "./dom.js";
import { edit, toggled, wrapped } from "./editing.js";

/** With Ctrl or ⌘.
 * @type {Record<string, string>} */
const MARKS = { b: "**", i: "*", e: "`" };

/** Typed over a selection they go around it.
 * @type {Record<string, string>} */
const PAIRS = { "(": ")", "*": "*", "`": "`" };

export class Marking {
  #text = byId("text", HTMLTextAreaElement);

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#text.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const { selectionEnd, selectionStart, value } = this.#text;
    const { altKey, ctrlKey, isComposing, key, metaKey, shiftKey } = event;
    if (isComposing || event.keyCode === 229) return;
    const isCommand = (ctrlKey || metaKey) && !altKey && !shiftKey;
    const mark = isCommand ? MARKS[key.toLowerCase()] : undefined;
    const closing = !ctrlKey && !metaKey && selectionStart < selectionEnd ? PAIRS[key] : undefined;
    if (!mark && !closing) return;
    event.preventDefault();
    if (mark) edit(this.#text, toggled(value, selectionStart, selectionEnd, mark));
    else edit(this.#text, wrapped(value, selectionStart, selectionEnd, key, closing));
  }
}
