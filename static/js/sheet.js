/**
 * What every sheet does (templates/people/sheet.html): what leads to where people land leads back to the room from which
 * one came, and what is typed outlives the session.
 */

import { tabStorage } from "./page/browser.js";
import { keepForms } from "./page/kept-forms.js";
import { lastRoom } from "./timeline/places.js";

const room = lastRoom(tabStorage());
const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-way-back]"));
for (const link of room === null ? [] : links) if (link.pathname === "/") link.pathname = `/rooms/${room}`;

keepForms(tabStorage());
