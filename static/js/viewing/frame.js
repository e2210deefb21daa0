/**
 * The elements of the lightbox, made when it is first opened: a page that nobody looks through has none of them.
 */

/** Drawn in a square of 20. */
const SIGNS = {
  back: "M12.5 4 6.500 10l6 6",
  on: "m7.500 4 6 6-6 6",
  save: "M10 3v9m-4-3.500 4 4 4-4M4 16.500h12",
  close: "m5 5 10 10m0-10L5 15",
};

export function frame() {
  const picture = make("img", "lightbox__picture", { alt: "", draggable: false });
  const stage = make("div", "lightbox__stage", {}, picture);
  const [author, time, count] = [make("bdi", "lightbox__author"), make("time", "lightbox__time"), make("span", "lightbox__count")];
  const save = make("a", "lightbox__button", { download: "", title: "Download" }, sign("save"));
  const close = button("close", "Close (Esc)");
  const head = make("header", "lightbox__head", {}, make("p", "lightbox__who", {}, author, " ", time), count, save, close);
  const [back, on] = [button("back", "Previous picture"), button("on", "Next picture")];
  const note = make("p", "lightbox__note", { role: "status" });
  const said = make("p", "unseen", { role: "status" });
  const dialog = make("dialog", "lightbox", { ariaLabel: "Picture" }, stage, head, back, on, note, said);
  save.setAttribute("aria-label", "Download");
  back.classList.add("lightbox__button--back");
  on.classList.add("lightbox__button--on");
  document.body.append(dialog);
  return { author, back, close, count, dialog, note, on, picture, said, save, stage, time };
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {object} [properties]
 * @param {(Node | string)[]} children
 */
function make(tag, className, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties, { className });
  element.append(...children);
  return element;
}

/**
 * @param {keyof typeof SIGNS} name
 * @param {string} label
 */
function button(name, label) {
  return make("button", "lightbox__button", { type: "button", ariaLabel: label, title: label }, sign(name));
}

/** @param {keyof typeof SIGNS} name */
function sign(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  path.setAttribute("d", SIGNS[name]);
  for (const [attribute, value] of Object.entries({ viewBox: "0 0 20 20", class: "lightbox__sign", "aria-hidden": "true" })) {
    svg.setAttribute(attribute, value);
  }
  svg.append(path);
  return svg;
}
