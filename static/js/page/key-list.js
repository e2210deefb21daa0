/**
 * The list of all keys. Comes when somebody asks for it.
 */

/** What is pressed, and what happens then; the name of a key stands in brackets. */
const KEYS = [
  ["[Enter]", "Send; on a touch screen [Ctrl] [Enter]"],
  ["[Shift] [Enter]", "New line"],
  ["[Ctrl] [B] [I] [E]", "Bold, italics, code; with [⌘] on a Mac"],
  ["[@]", "Mention someone"],
  ["[Page Up] [Page Down]", "Scroll the messages"],
  ["[End]", "Jump to the latest, with nothing typed"],
  ["[Ctrl] [K]", "Search rooms, people and messages (on a Mac [⌘] [K]); so does [/] where nobody writes. There [Ctrl] [Enter] shows all results, and [Delete] forgets a search of before"],
  ["[Alt] [↑] [↓]", "The room above, below; with [Shift] the next with something unread"],
  ["[Esc]", "Close what is open, give up an edit or a reply; else all in this room is read. With [Shift]: in every room"],
  ["[↑]", "Edit your last message, with nothing typed"],
  ["[Shift] [Tab]", "To the messages; [↑] [↓] lead from one to the next, [Tab] to what can be done with it"],
  ["[Shift] [U]", "On a message: it is unread, and what came after it"],
  ["[?]", "These keys, with nothing typed; once more writes a question mark"],
  ["[Ctrl] [V]", "Add the picture or the files on the clipboard; files can be dropped on the page, too"],
];

/** @param {HTMLElement} list is filled, once */
export function fillKeys(list) {
  if (list.childElementCount > 0) return;
  for (const [keys, words] of KEYS) {
    const row = document.createElement("div");
    row.className = "keys__row";
    row.append(withKeys("dt", keys), withKeys("dd", words));
    list.append(row);
  }
}

/**
 * @param {string} tag
 * @param {string} text
 */
function withKeys(tag, text) {
  const element = document.createElement(tag);
  text.split(/[[\]]/).forEach((part, index) => {
    const key = document.createElement("kbd");
    key.textContent = part;
    element.append(index % 2 ? key : part);
  });
  return element;
}
