/**
 * A form whose answer takes long says that it goes on: passwords are verified by turns.
 */

const SAY_AFTER_MS = 2_000;

const note = document.querySelector("[data-waiting]");
if (note instanceof HTMLElement) {
  const say = () => {
    note.hidden = false;
    note.textContent = note.dataset.waiting ?? "";
  };
  note.closest("form")?.addEventListener("submit", () => setTimeout(say, SAY_AFTER_MS));
}
