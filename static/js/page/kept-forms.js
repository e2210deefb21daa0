/**
 * What was typed into the forms of a page beside the rooms and not sent, where the session ended meanwhile: it stands
 * there again once one has logged in, in the same tab, as the same person. Nothing secret is kept.
 *
 * @import {TextStorage} from '../state/types.js'
 */

const TYPED = "form :is(textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit], [autocomplete=one-time-code]))";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/** @param {TextStorage | null} tab */
export function keepForms(tab) {
  const me = document.querySelector("main")?.dataset.me;
  if (!me) return; // a stranger's page, such as the form to log in
  const key = `parley:forms:${me}:${location.pathname}`;
  const isFromLogIn = document.referrer.startsWith(`${location.origin}/login`);
  const kept = tab?.getItem(key);
  tab?.removeItem(key);
  if (kept && isFromLogIn) fill(JSON.parse(kept));
  addEventListener("pagehide", () => {
    const changed = controls().filter(isChanged).map((control) => [nameOf(control), valueOf(control)]);
    if (changed.length > 0) tab?.setItem(key, JSON.stringify(changed));
  });
}

/** @param {[string, string | boolean][]} kept */
function fill(kept) {
  const values = new Map(kept);
  for (const control of controls()) {
    const value = values.get(nameOf(control));
    if (typeof value === "string") control.value = value;
    else if (value !== undefined && control instanceof HTMLInputElement) control.checked = value;
  }
}

function controls() {
  return /** @type {Control[]} */ (Array.from(document.querySelectorAll(TYPED)));
}

/** @param {Control} control */
function isChanged(control) {
  if (control instanceof HTMLSelectElement) return Array.from(control.options).some((each) => each.selected !== each.defaultSelected);
  return isBox(control) ? control.checked !== control.defaultChecked : control.value !== control.defaultValue;
}

/** @param {Control} control */
function nameOf(control) {
  return [control.form?.getAttribute("action"), control.name, isBox(control) && control.value].join("\n");
}

/** @param {Control} control */
function valueOf(control) {
  return isBox(control) ? control.checked : control.value;
}

/**
 * @param {Control} control
 * @returns {control is HTMLInputElement}
 */
function isBox(control) {
  return control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type);
}
