/**
 * Wires the chat page: the store, which `Sync` keeps true, to the views, and the views back to both.
 *
 * @import {Amendment} from './state/message.js'
 * @import {Place} from './timeline/places.js'
 * @import {TimelineActions} from './timeline/timeline.js'
 */

import { Unsent } from "./composer/unsent.js";
import { Writing } from "./composer/writing.js";
import { Attaching } from "./files/attaching.js";
import { landed } from "./landing.js";
import { dayOf } from "./lib/calendar.js";
import { closeOverlays } from "./lib/dom.js";
import { Later } from "./lib/later.js";
import { openOwnInPlace } from "./lib/links.js";
import { reachScrolling } from "./lib/scrolling.js";
import { browserStorage, clock, openSocket, tabStorage } from "./page/browser.js";
import { ConnectionLine } from "./page/connection-line.js";
import { Drawer } from "./page/drawer.js";
import { Going } from "./page/going.js";
import { Keys } from "./page/keys.js";
import { Leaving } from "./page/leaving.js";
import { PageWindow } from "./page/page-window.js";
import { ThemePicker } from "./page/theme-picker.js";
import { Reading } from "./rooms/reading.js";
import { RoomsView } from "./rooms/rooms-view.js";
import { walk } from "./page/walk.js";
import { SearchOpening } from "./search/opening.js";
import { Recents } from "./search/recents.js";
import { isInTray } from "./state/chosen.js";
import { isLoaded } from "./state/room.js";
import { Store } from "./state/store.js";
import { Api } from "./sync/api.js";
import { Sync } from "./sync/sync.js";
import { Shelf } from "./sync/unsent-storage.js";
import { FileOpening } from "./timeline/file-opening.js";
import { MessageMenu } from "./timeline/message-menu.js";
import { Painter } from "./timeline/painter.js";

const TICK_MS = 1_000;

class ChatPage {
  #leaving = new Leaving(() => this.#sync.connection.stop());
  #storage = browserStorage();
  #api = new Api(landed.csrfToken);
  #store = new Store(landed.state, clock.now);
  #renderedDay = "";
  #painter = new Painter(() => this.#render(), (isRush) => this.#timeline.rush(isRush));

  #sync = new Sync(this.#store, { api: this.#api, clock, open: openSocket, storage: this.#storage }, {
    logIn: () => this.#leaving.logIn(),
    reload: () => this.#leaving.reload(),
    goHome: () => this.#goHome(),
    acknowledged: (event) => (this.#writing.acknowledged(event), this.#attaching.acknowledged(event.id)),
    refused: (event) => this.#rooms.refused(event),
    disconnected: () => this.#rooms.disconnected(),
  });

  #places = landed.places;
  #going = new Going(
    {
      ...{ store: this.#store, places: this.#places, leave: () => this.#timeline.leave() },
      offer: (path) => this.#rooms.offer(path),
      turn: (room, marked, place) => this.#turn(room, marked, place),
    },
    this.#leaving.signal,
  );

  #timeline = landed.timeline;

  #writing = new Writing(
    {
      ...{ api: this.#api, clock, state: () => this.#store.state, sync: this.#sync },
      ...{ storage: this.#storage, tab: tabStorage(), attaching: () => this.#attaching },
    },
    {
      toEnd: () => this.#timeline.toEnd(),
      byPage: (direction) => this.#timeline.byPage(direction),
      askToDelete: (seq) => this.#menu.askToDelete(seq),
    },
    this.#leaving.signal,
  );

  #composer = this.#writing.composer;
  #intent = this.#writing.intent;
  #unsent = new Unsent({ composer: this.#composer, state: () => this.#store.state, sync: this.#sync });

  #attaching = new Attaching(
    {
      ...{ clock, csrfToken: landed.csrfToken, outbox: this.#sync.outbox, state: () => this.#store.state },
      shelf: new Shelf(this.#storage, `tray:${this.#store.state.me.id}`, isInTray),
      say: (sentence, offer) => this.#composer.say(sentence, offer),
      focus: () => this.#composer.focus(),
    },
    this.#leaving.signal,
  );

  #reading = new Reading({ state: () => this.#store.state, sync: this.#sync }, {
    say: (sentence, offer) => this.#composer.say(sentence, offer),
    toEnd: () => this.#timeline.toEnd(),
  });

  #menu = new MessageMenu(
    {
      amend: (amendment) => this.#amend(amendment),
      remove: (room, seq) => (this.#writing.deleted(room, seq), this.#amend({ type: "delete", room, seq })),
      reply: (message) => this.#intent.reply(message),
      edit: (message) => this.#intent.edit(message),
      unread: (seq) => this.#reading.takeBack(seq),
      say: (sentence) => this.#composer.say(sentence),
      leave: () => this.#composer.focus(),
    },
    this.#leaving.signal,
  );

  #files = new FileOpening({ ask: this.#api.ask, say: (sentence) => this.#composer.say(sentence) }, this.#leaving.signal);

  #rooms = new RoomsView(
    {
      ...{ api: this.#api, state: () => this.#store.state, sync: this.#sync },
      ...{ say: (sentence) => this.#composer.say(sentence), go: (answer, path) => this.#going.into(answer, path) },
      typed: new Shelf(tabStorage(), `typed:${this.#store.state.me.id}`),
    },
    this.#leaving.signal,
  );

  #search = new SearchOpening(
    {
      ...{ api: this.#api, state: () => this.#store.state, go: (answer) => this.#going.into(answer) },
      recents: new Recents(new Shelf(this.#storage, `search:${this.#store.state.me.id}`)),
    },
    this.#leaving.signal,
  );

  #window = new PageWindow(
    {
      attend: (attending) => this.#store.dispatch({ type: "attention", attending }),
      back: () => (this.#sync.connection.tryNow(), this.#attaching.wake()),
      away: () => this.#sync.reader.flush(),
      network: (online) => (this.#sync.network(online), this.#attaching.wake()),
      stored: (event) => this.#stored(event),
      isUnsaved: () => [this.#sync, this.#writing, this.#attaching].some((each) => each.isAtRisk),
    },
    this.#leaving.signal,
  );

  #line = new ConnectionLine(() => this.#sync.reconnect(), this.#leaving.signal);
  #drawer = new Drawer(this.#leaving.signal);
  #views = [this.#rooms, this.#timeline, this.#menu, this.#intent, this.#files, this.#attaching, this.#search, this.#drawer, this.#line, this.#window];

  start() {
    const { signal } = this.#leaving;
    openOwnInPlace(signal);
    reachScrolling(document);
    new ThemePicker(this.#storage, signal);
    const read = (/** @type {boolean} */ everywhere) => this.#reading.readAll(everywhere);
    new Keys({ walk, search: () => this.#search.open(), read }, this.#composer, signal); // last
    this.#window.attend();
    this.#timeline.begin(this.#timelineActions, signal);
    this.#timeline.enter(this.#opened, landed.marked, this.#places.here);
    this.#store.subscribe(() => this.#changed());
    this.#render();
    this.#sync.connection.start();
    this.#writing.begin();
    setInterval(() => this.#tick(), TICK_MS);
    this.#shell();
  }

  /** @returns {TimelineActions} */
  get #timelineActions() {
    const { history } = this.#sync;
    return {
      older: () => history.older(),
      newer: () => history.newer(),
      newest: () => history.newest(),
      around: (seq) => history.around(seq),
      moved: (place) => this.#places.keep(place),
      follow: (following) => this.#store.dispatch({ type: "following", room: this.#store.state.open, following }),
      act: (id, action) => this.#unsent.act(id, action),
    };
  }

  get #opened() {
    const { open, rooms } = this.#store.state;
    return rooms[open];
  }

  /**
   * Shows another room, all of it at once: what is done from then on is done there.
   *
   * @param {number} room
   * @param {number} marked
   * @param {Place | null} place
   */
  #turn(room, marked, place) {
    const isOther = room !== this.#store.state.open;
    closeOverlays();
    this.#drawer.hide();
    this.#store.dispatch({ type: "open", room });
    if (isOther) for (const each of [this.#writing, this.#attaching]) each.enter();
    this.#composer.begin();
    this.#timeline.enter(this.#opened, marked, place);
    this.#painter.now();
  }

  /** From a room that one is no longer in. */
  #goHome() {
    const { name } = this.#opened;
    this.#going.home();
    if (name) this.#composer.say(`You are no longer in ${name}.`); // a direct one is only hidden
  }

  async #shell() {
    /** @type {typeof import('./shell/shell.js')} */
    const { Shell } = await new Later("shell", () => {}).load();
    const drafts = new Shelf(this.#storage, `draft:${this.#store.state.me.id}`);
    const remove = (/** @type {string} */ id) => this.#sync.outbox.remove(id);
    new Shell({ api: this.#api, drafts, remove, store: this.#store }, this.#leaving.signal);
  }

  /** @param {Amendment} amendment */
  #amend(amendment) {
    this.#sync.changes.add(amendment, (refusal) => refusal && this.#composer.say(refusal));
  }

  /** @param {StorageEvent} event of another tab */
  #stored(event) {
    for (const each of [this.#sync.outbox, this.#intent, this.#attaching]) each.storageChanged(event);
  }

  #changed() {
    if (document.hidden) this.#window.render(this.#store.state); // no frame comes until it is looked at again
    if (this.#timeline.isEmpty && isLoaded(this.#opened)) this.#painter.now(); // somebody waits for it
    else this.#painter.request();
  }

  #render() {
    const { state } = this.#store;
    this.#renderedDay = dayOf(clock.now());
    for (const view of this.#views) view.render(state, clock.now());
    if (this.#timeline.isAtEnd) this.#reading.seen();
  }

  #tick() {
    this.#store.dispatch({ type: "tick" });
    if (dayOf(clock.now()) !== this.#renderedDay) this.#changed();
  }
}

new ChatPage().start();
