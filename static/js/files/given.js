/**
 * The files that somebody gives to the page: pasted, dropped, or chosen.
 */

/**
 * Those of a paste; none where it is text, which some programs offer as a picture, too.
 *
 * @param {DataTransfer | null} pasted
 */
export function filesPasted(pasted) {
  const isText = Boolean(pasted?.getData("text/plain")) && pasted?.types.some((type) => /^text\/(html|rtf)$/.test(type));
  return isText ? [] : [...(pasted?.files ?? [])];
}

/**
 * Those of a drop, and how many folders are among them, which no browser gives as a file.
 *
 * @param {DataTransfer | null} dropped
 */
export function filesDropped(dropped) {
  const items = [...(dropped?.items ?? [])].filter((item) => item.kind === "file");
  const single = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory);
  return { files: single.flatMap((item) => item.getAsFile() ?? []), folders: items.length - single.length };
}

/**
 * Whether files are being dragged, of which nothing else is known yet.
 *
 * @param {DataTransfer | null} dragged
 */
export function hasFiles(dragged) {
  return dragged?.types.includes("Files") ?? false;
}
