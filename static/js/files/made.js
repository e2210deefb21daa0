/**
 * What the page gets with the scripts of this folder: a file in the tray, and the question what a picture shows. Made here
 * and no templates, so that no visit without files takes their bytes.
 */

/**
 * An element of HTML. The value `true` is an attribute without one.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean>} attributes
 * @param {(Element | string)[]} children
 */
function made(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children);
  return element;
}

/** A file in the tray, without what is its own. */
export function trayFile() {
  const name = made("bdi", { class: "tray__name" }, made("span", { class: "tray__stem" }), made("span", { class: "tray__ending" }));
  const face = made(
    "button",
    { class: "tray__face", type: "button" },
    made("img", { class: "tray__image", alt: "" }),
    made("span", { class: "tray__sign", "aria-hidden": "true" }),
    name,
    made("span", { class: "tray__size" }),
    made("span", { class: "tray__words", "aria-hidden": "true" }),
  );
  const sign = made("span", { "aria-hidden": "true" }, "×");
  return made(
    "li",
    { class: "tray__file" },
    face,
    made("progress", { class: "unseen tray__progress" }),
    made("button", { class: "tray__remove", type: "button" }, sign),
  );
}

/** Where it is said what came into the tray. */
export function trayStatus() {
  return made("p", { class: "unseen", role: "status" });
}

/** The dialog that asks what a picture shows, and its parts; in the page from now on. */
export function descriptionDialog() {
  const hint = "A few words help those who cannot see the picture. You may leave this empty.";
  const labels = { "aria-labelledby": "description-title", "aria-describedby": "description-hint" };
  const image = made("img", { class: "description__image", alt: "" });
  const text = made("textarea", { class: "description__text", id: "description-text", rows: "3", maxlength: "1000", dir: "auto", ...labels });
  const form = made(
    "form",
    { method: "dialog" },
    made("h2", { class: "dialog__title", id: "description-title" }, "What does it show?"),
    made("p", { class: "dialog__told", id: "description-hint" }, hint),
    image,
    text,
    made(
      "p",
      { class: "dialog__buttons" },
      made("button", { class: "button button--quiet", value: "" }, "Cancel"),
      made("button", { class: "button", value: "save" }, "Save"),
    ),
  );
  const dialog = made("dialog", { class: "dialog", id: "description", "aria-labelledby": "description-title" }, form);
  document.body.append(dialog);
  return { dialog, image, text };
}
