/**
 * One box for rooms, people and messages: what is typed, the lines that fit, and where they lead. Its script comes when
 * the box is first opened (opening.js).
 *
 * @import {State} from '../state/types.js'
 * @import {Press} from '../lib/keyboard.js'
 * @import {Api, Go} from '../sync/api.js'
 * @import {Group} from './listbox.js'
 * @import {Edited} from './operators.js'
 * @import {Recents} from './recents.js'
 */

import { byId, setText } from "../lib/dom.js";
import { onPress } from "../lib/keyboard.js";
import { Chips } from "./chips.js";
import { completionsOf, TITLES } from "./completions.js";
import { Jumps } from "./jumps.js";
import { keep, kept } from "./kept.js";
import { allOf, Lines } from "./lines.js";
import { Listbox } from "./listbox.js";
import { MessageSearch } from "./message-search.js";
import { nameIn, withFilter } from "./operators.js";
import { noteOn } from "./sentences.js";
import { Typed } from "./typed.js";

const MOST_ALONE = 20;
/** So many rooms and people, where other lines stand below them. */
const MOST_ABOVE = 6;

export class SearchBox {
  #dialog = byId("search", HTMLDialogElement);
  #input = byId("search-text", HTMLInputElement);
  #typed = new Typed(this.#input);
  #listbox = new Listbox(byId("search-list", HTMLElement), this.#input);
  #note = byId("search-note", HTMLElement);
  #chips = new Chips(byId("search-chips", HTMLElement), (edited) => this.#write(edited));
  #state;
  #recents;
  #jumps;
  #messages;
  #lines;
  /** Why a conversation could not be opened. */
  #refusal = "";
  /** The line to choose once it is there, as it was chosen before. */
  #wanted = "";
  #roomsShown = 0;

  /**
   * @param {{api: Api, state: () => State, recents: Recents, go: Go}} needs
   * @param {AbortSignal} signal
   */
  constructor({ api, go, recents, state }, signal) {
    this.#state = state;
    this.#recents = recents;
    const show = () => this.#show();
    this.#jumps = new Jumps(state, api.ask, { go, show, refused: (sentence) => ((this.#refusal = sentence), show()) });
    this.#messages = new MessageSearch((question, ended) => api.search(question, ended), show);
    this.#lines = new Lines({
      write: (text) => this.#write({ text, caret: text.length }),
      goOn: () => (this.#messages.goOn(), show()),
      leave: () => this.#left(),
      forget: (text) => (recents.remove(text), show()),
    });
    this.#input.addEventListener("input", () => this.#changed(), { signal });
    this.#input.addEventListener("click", () => this.#show(), { signal });
    onPress(this.#input, (press) => this.actionOf(press), { signal });
  }

  /** The box was opened; who comes back from a hit finds it chosen. */
  begin() {
    this.#wanted = kept()?.chosen ?? "";
    this.#changed();
  }

  /** The box was closed. */
  end() {
    this.#messages.ask("");
  }

  /**
   * The names of all rooms come with the first greeting.
   *
   * @param {State} state
   */
  render({ rooms }) {
    if (this.#dialog.open && Object.keys(rooms).length !== this.#roomsShown) this.#show();
  }

  /** One goes to what was found. */
  #left() {
    this.#recents.add(this.#typed.text);
    keep({ text: this.#typed.text, chosen: this.#listbox.chosen?.id ?? "" });
  }

  /** @param {Edited} edited */
  #write(edited) {
    this.#typed.write(edited);
    this.#changed();
  }

  #changed() {
    const { filter, isPlain, words } = this.#typed;
    const isPerson = filter?.name === "from" || filter?.name === "mentions";
    this.#listbox.begin();
    this.#refusal = "";
    this.#jumps.ask(isPerson ? nameIn(filter.value) : isPlain ? words : "", isPerson);
    this.#messages.ask(words);
    this.#show();
  }

  #show() {
    const { isPlain, text, caret } = this.#typed;
    const { outcome, isWaiting } = this.#messages;
    const groups = this.#groups();
    this.#listbox.show(groups, this.#wanted || undefined);
    this.#chips.show(text, caret, this.#state());
    this.#roomsShown = Object.keys(this.#state().rooms).length;
    const isEmpty = !this.#listbox.chosen;
    const seen = { isEmpty, isPlain, isWaiting: isWaiting || this.#jumps.isWaiting, now: Date.now() };
    setText(this.#note, this.#refusal || (groups[0].id === "values" ? "" : noteOn(outcome, seen)));
    if (!isWaiting) this.#wanted = "";
  }

  /** @returns {Group[]} */
  #groups() {
    const { filter, isPlain, words } = this.#typed;
    const values = this.#completions();
    if (values.length > 0) return [{ id: "values", title: TITLES[filter?.name ?? ""], options: values }];
    const { outcome } = this.#messages;
    const below = words === "" ? this.#lines.recents(this.#recents.texts) : this.#lines.messages(outcome, this.#state(), Date.now());
    const isAlone = below.length === 0 && !this.#messages.isWaiting;
    const most = isPlain ? (isAlone ? MOST_ALONE : MOST_ABOVE) : 0;
    return [
      { id: "jumps", title: "Rooms and people", options: this.#jumps.options(most) },
      { id: "below", title: words === "" ? "Recent searches" : "Messages", options: below },
    ];
  }

  #completions() {
    const { filter } = this.#typed;
    if (!filter) return [];
    const { me, open, rooms } = this.#state();
    const ordered = [rooms[open], ...Object.values(rooms).filter(({ id }) => id !== open)];
    const found = completionsOf(filter, { me, people: this.#jumps.people, rooms: ordered, now: Date.now() });
    return this.#lines.completions(found, (value) => this.#complete(value));
  }

  /** @param {string} value of the filter that is typed by now: its line may be older */
  #complete(value) {
    const { filter, text } = this.#typed;
    if (filter) this.#write(withFilter(text, filter, filter.name, value));
  }

  /** @param {Press} press */
  actionOf({ command, key }) {
    const { recent } = this.#listbox.chosen?.dataset ?? {};
    if (key === "ArrowDown") return () => this.#listbox.move(1);
    if (key === "ArrowUp") return () => this.#listbox.move(-1);
    if (key === "Delete" && recent) return () => (this.#recents.remove(recent), this.#show());
    if (key === "Enter" && command) return () => this.#goToAll();
    if (key === "Enter") return () => this.#enter();
    return undefined;
  }

  #goToAll() {
    if (this.#typed.words === "") return;
    this.#left();
    location.assign(allOf(this.#typed.words));
  }

  /** Opens what is chosen. Whoever is quicker than the answers gets the best of all, not of what was there so far. */
  async #enter() {
    const { words } = this.#typed;
    const isBest = () => this.#listbox.isMoved || this.#completions().length > 0;
    if (!isBest() && !this.#jumps.isSure) await this.#jumps.shown();
    if (!isBest() && !this.#jumps.isAny) await this.#messages.shown();
    if (words === this.#typed.words && this.#dialog.open) this.#listbox.chosen?.click();
  }
}
