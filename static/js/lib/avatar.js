/**
 * A person on the page: the avatar, the way to their profile, and what is said of those whose account is switched off.
 */

import { byId, setText } from "./dom.js";
import { initials } from "./text.js";

const HUES = 12;

/**
 * @param {HTMLElement} element
 * @param {{id: number, name: string, hue?: number, avatar?: number}} person
 */
export function fillAvatar(element, { avatar, hue, id, name }) {
  element.dataset.hue = String(hue ?? id % HUES);
  setText(element, initials(name)); // they stand behind the picture until it has come
  const before = element.querySelector("img");
  const address = avatar === undefined ? undefined : `/avatars/${avatar}`;
  if (before?.getAttribute("src") === address) return;
  before?.remove();
  if (address) element.append(picture(address));
}

/** @param {string} address */
function picture(address) {
  const image = new Image();
  image.className = "avatar__picture";
  image.alt = "";
  image.src = address;
  return image;
}

/** The login of a person, and that they are an administrator. @param {{admin?: boolean, login: string}} person */
export function loginLine({ admin, login }) {
  return admin ? `${login} · admin` : login;
}

/** What stands beside a name: what tells it from another's. @param {{admin?: boolean, login: string, namesake?: boolean}} person */
export function beside(person) {
  return person.namesake ? `@${loginLine(person)}` : person.admin ? "admin" : "";
}

/** @param {{login: string}} person */
export function profilePath({ login }) {
  return `/people/${encodeURIComponent(login)}?room=${byId("room", HTMLElement).dataset.roomId}`;
}

/**
 * People who will not read what one writes; the same as in templates/chat/room.html.
 *
 * @param {string[]} names or logins
 * @returns {string}
 */
export function offSentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]}’s account is switched off: they will not read this.`;
  return `The accounts of ${names.join(", ")} are switched off: they will not read this.`;
}
