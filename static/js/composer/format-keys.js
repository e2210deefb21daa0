/**
 * Keys that mark what is selected in the text that is being written: bold, italics, code.
 *
 * @import {Press} from '../lib/keyboard.js'
 */

import { byId } from "../lib/dom.js";
import { edit, toggled, wrapped } from "./text-edits.js";
import { onPress } from "../lib/keyboard.js";

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
    onPress(this.#text, (press) => this.#actionOf(press), { signal });
  }

  /** @param {Press} press */
  #actionOf({ alt, command, key, shift }) {
    const { selectionEnd, selectionStart, value } = this.#text;
    const mark = command && !alt && !shift ? MARKS[key] : undefined;
    if (mark) return () => edit(this.#text, toggled(value, selectionStart, selectionEnd, mark));
    const closing = !command && selectionStart < selectionEnd ? PAIRS[key] : undefined;
    return closing ? () => edit(this.#text, wrapped(value, selectionStart, selectionEnd, key, closing)) : undefined;
  }
}
