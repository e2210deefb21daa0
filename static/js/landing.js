/**
 * The messages as the reader will see them, before anything is painted: in their own days and hours, and at the place
 * where they land. A script of its own, run while the page is read, so that nothing moves when all the others come; they
 * go on with what it made.
 */

import { arrived } from "./page/initial-state.js";
import { tabHistory } from "./page/browser.js";
import { byId } from "./lib/dom.js";
import { Places } from "./timeline/places.js";
import { uuid } from "./sync/protocol.js";
import { Timeline } from "./timeline/timeline.js";
import { showInvitation } from "./rooms/welcome.js";

const { csrfToken, marked, state } = arrived(Date.now());
const timeline = new Timeline();
byId("timeline", HTMLElement).dataset.landed = "true";
showInvitation();
const places = new Places({ ...tabHistory(), uuid: () => uuid() }, state.open);
timeline.enter(state.rooms[state.open], marked, places.here);
timeline.render(state, Date.now());

export const landed = { csrfToken, marked, places, state, timeline };
