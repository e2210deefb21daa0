/**
 * Lists whose rows stay while the list is drawn anew: what is removed from under a pointer that is down loses its click.
 */

/**
 * Lets a list have these rows. One that is there already, or one like it, is not touched.
 *
 * @param {Element} list
 * @param {Element[]} rows
 */
export function showRows(list, rows) {
  const there = [...list.children];
  const shown = rows.map((row) => there.find((each) => each === row || each.isEqualNode(row)) ?? row);
  for (const each of there) if (!shown.includes(each)) each.remove();
  shown.forEach((row, at) => row === list.children[at] || list.insertBefore(row, list.children[at] ?? null));
}
