/**
 * The text of a search: what is typed, and the operator whose value is being typed.
 *
 * @import {Edited} from './operators.js'
 */

import { filterAt, filtersIn } from "./operators.js";

export class Typed {
  #input;

  /** @param {HTMLInputElement} input */
  constructor(input) {
    this.#input = input;
  }

  get text() {
    return this.#input.value;
  }

  get words() {
    return this.#input.value.trim();
  }

  get caret() {
    return this.#input.selectionEnd ?? 0;
  }

  /** There is no operator, so that it may be the name of a room or a person. */
  get isPlain() {
    return filtersIn(this.words).length === 0;
  }

  /** The operator at the caret. */
  get filter() {
    return this.#input.selectionStart === this.caret ? filterAt(this.text, this.caret) : undefined;
  }

  /** @param {Edited} edited */
  write({ caret, text }) {
    this.#input.value = text;
    this.#input.setSelectionRange(caret, caret);
    this.#input.focus();
  }
}
