/**
 * What every card does (templates/auth/card.html): a form whose answer takes long says that it goes on, as passwords are
 * verified by turns, and what is typed outlives the session.
 */

import { tabStorage } from "./page/browser.js";
import { keepForms } from "./page/kept-forms.js";

const SAY_AFTER_MS = 2_000;

const note = document.querySelector("[data-waiting]");
if (note instanceof HTMLElement) {
  const say = () => {
    note.hidden = false;
    note.textContent = note.dataset.waiting ?? "";
  };
  note.closest("form")?.addEventListener("submit", () => setTimeout(say, SAY_AFTER_MS));
}

keepForms(tabStorage());
