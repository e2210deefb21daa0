/** The icon of the window with the number of unread messages. */

const MOST_SHOWN = 9;

export class Favicon {
  #link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
  #shown = "favicon";

  /** @param {number} count */
  show(count) {
    const name = count === 0 ? "favicon" : count > MOST_SHOWN ? "favicon-more" : `favicon-${count}`;
    if (!this.#link || name === this.#shown) return;
    this.#link.href = this.#link.href.replace(`${this.#shown}.svg`, `${name}.svg`);
    this.#shown = name;
  }
}
