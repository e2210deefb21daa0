/**
 * A person on the page: the avatar, and the way to their profile.
 */

import { byId, setText } from "./dom.js";
import { initials } from "./text.js";

const HUES = 12;

/**
 * @param {HTMLElement} element
 * @param {{id: number, name: string, hue?: number}} person
 */
export function fillAvatar(element, { hue, id, name }) {
  element.dataset.hue = String(hue ?? id % HUES);
  setText(element, initials(name));
}

/** @param {{login: string}} person */
export function profilePath({ login }) {
  return `/people/${encodeURIComponent(login)}?room=${byId("room", HTMLElement).dataset.roomId}`;
}
