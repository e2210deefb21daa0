/**
 * For how many days a room keeps its messages: a field in its form, and what is said of it before it counts.
 *
 * @import {Ask} from '../sync/api.js'
 * @import {Room} from '../state/types.js'
 * @import {FormDialog} from './form-dialog.js'
 */

import { byId, setText, within } from "../lib/dom.js";
import { inDays } from "../lib/text.js";
import { Refusal } from "../sync/api.js";

const MOST_DAYS = 3650;
/** As many, or more. */
const MOST_COUNTED = 100_000;
const WRONG = `Type whole days, 1 to ${MOST_DAYS}, or leave it empty.`;

export class Retention {
  #ask;
  #confirm;
  #field;
  #input;
  #set = 0;

  /**
   * @param {{ask: Ask, confirm: FormDialog}} needs
   * @param {HTMLElement} fields those of the form, which get another
   */
  constructor({ ask, confirm }, fields) {
    this.#ask = ask;
    this.#confirm = confirm;
    this.#field = field();
    this.#input = /** @type {HTMLInputElement} */ (within(this.#field, "input"));
    fields.append(this.#field);
  }

  hide() {
    this.#field.hidden = true;
  }

  /** @param {Room} room */
  show({ retentionDays }) {
    this.#set = retentionDays;
    this.#field.hidden = false;
    this.#input.value = retentionDays ? String(retentionDays) : "";
  }

  /**
   * What is to be set; nothing where it stays.
   *
   * @returns {{retention_days?: number | null}}
   * @throws {Refusal}
   */
  typed() {
    const text = this.#input.value.trim();
    const days = Number(text);
    if (this.#field.hidden || days === this.#set) return {};
    if (text === "") return { retention_days: null };
    if (!/^\d+$/.test(text) || days < 1 || days > MOST_DAYS) throw new Refusal("bad_retention", WRONG);
    return { retention_days: days };
  }

  /**
   * Says what will be deleted, and asks whether that is meant.
   *
   * @param {Room} room
   * @param {number} days
   * @returns {Promise<boolean>}
   * @throws {Refusal}
   */
  async isMeant({ id, name }, days) {
    const { messages } = await this.#ask("GET", `/api/rooms/${id}/older?days=${days}`);
    setText(byId("confirm-told", HTMLElement), `${consequence(days)} ${counted(messages)}`);
    return new Promise((answer) => {
      this.#confirm.element.addEventListener("close", () => answer(false), { once: true });
      this.#confirm.open(`Delete old messages in ${name}?`, "Delete", async () => answer(true));
    });
  }
}

/** Made of that of the topic. */
function field() {
  const made = /** @type {HTMLElement} */ (byId("room-topic", HTMLInputElement).closest(".field")?.cloneNode(true));
  const [label, input, told] = [within(made, "label"), within(made, "input"), within(made, ".field__error")];
  label.setAttribute("for", (input.id = "room-retention"));
  label.firstChild?.replaceWith("Delete messages after ");
  setText(within(label, ".field__optional"), "days");
  input.setAttribute("aria-describedby", (told.id = "room-retention-told"));
  Object.assign(input, { inputMode: "numeric", placeholder: "never" });
  input.dataset.codes = "bad_retention";
  return made;
}

/** @param {number} days */
function consequence(days) {
  return `Messages older than ${inDays(days)} will be deleted for everyone, for good.`;
}

/** @param {number} messages */
function counted(messages) {
  if (messages === 0) return "None is that old now.";
  if (messages === 1) return "1 message is that old now.";
  return `${messages.toLocaleString("en")}${messages === MOST_COUNTED ? " or more" : ""} messages are that old now.`;
}
