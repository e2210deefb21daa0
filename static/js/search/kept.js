/**
 * What the entry of the history keeps of a search, so that who comes back finds the box as they left it.
 *
 * @typedef {{text: string, chosen: string}} Kept `chosen`: the id of a line
 */

/** @returns {Kept | null} */
export function kept() {
  const { text, chosen } = history.state?.search ?? {};
  return typeof text === "string" ? { text, chosen: String(chosen) } : null;
}

/** @param {Kept | null} search */
export function keep(search) {
  const { search: before, ...state } = history.state ?? {};
  if (search || before) history.replaceState(search ? { ...state, search } : state, "");
}
