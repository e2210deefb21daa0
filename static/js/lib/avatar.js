/**
 * A person on the page: the avatar, and the way to their profile.
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
