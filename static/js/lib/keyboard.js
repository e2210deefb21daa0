/**
 * The one place that reads the keyboard: which key a press is, whatever the layout, and whose it is.
 *
 * @typedef {object} Press
 * @property {string} key as in KeyboardEvent, but a letter is the small Latin one of its key, and `?` and `/` are these
 *   in every script
 * @property {boolean} command with Ctrl or ⌘
 * @property {boolean} alt
 * @property {boolean} shift
 * @property {EventTarget | null} target
 */

const LETTER = /^Key([A-Z])$/;

/** Signs that one script writes in its own way, and the letters whose small or great form is another. */
const SAME = new Map([["؟", "?"], ["？", "?"], ["／", "/"], ["ı", "i"], ["İ", "i"]]);

/**
 * Does what `actionFor` finds for a press, and keeps the browser from doing it in its own way.
 *
 * Presses that belong to an input method, and those that something else took, are nobody's.
 *
 * @param {EventTarget} target
 * @param {(press: Press) => (() => void) | undefined} actionFor
 * @param {{signal: AbortSignal, first?: boolean}} options `first`: before all others, who then do not learn of it
 */
export function onPress(target, actionFor, { signal, first = false }) {
  const pressed = (/** @type {Event} */ event) => {
    const press = /** @type {KeyboardEvent} */ (event);
    const action = event.defaultPrevented || isComposing(press) ? undefined : actionFor(pressOf(press));
    if (!action) return;
    event.preventDefault();
    if (first) event.stopImmediatePropagation();
    action();
  };
  target.addEventListener("keydown", pressed, { signal, capture: first });
}

/**
 * Whether an input method has this key: 229 is what Safari says of the key that ends a composition, when it has ended.
 *
 * @param {KeyboardEvent} event
 */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** @param {KeyboardEvent} event @returns {Press} */
function pressOf(event) {
  const { altKey, ctrlKey, metaKey, shiftKey, target } = event;
  return { key: keyOf(event), command: ctrlKey || metaKey, alt: altKey, shift: shiftKey, target };
}

/**
 * A layout of Latin letters has the last word on where they are. One of other letters, such as ל, ق or ิ, has none: there
 * they are where most layouts have them.
 *
 * @param {{key: string, code: string}} event
 */
export function keyOf({ key, code }) {
  const same = SAME.get(key);
  if (same) return same;
  if (/^\p{Script=Latin}$/u.test(key)) return key.toLowerCase();
  const letter = /^[^\x00-\x7f]+$/.test(key) && LETTER.exec(code)?.[1];
  return letter ? letter.toLowerCase() : key;
}
