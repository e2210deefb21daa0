/** Takes what another app shares, until a page puts it into the composer of a room. */

import { dropShared, putShared } from "../kept/shared.js";

/**
 * Keeps it in this browser, and leads to the page that asks for the room.
 *
 * @param {Request} request a form; see `share_target` in app/shell/manifest.py
 */
export async function takeShared(request) {
  try {
    await putShared(await request.formData());
  } catch {
    await dropShared(); // it is broken, or larger than what this browser keeps: the page says that nothing came
  }
  return Response.redirect("/share", 303);
}
