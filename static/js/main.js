/**
 * Wires the chat page: the store, which `Sync` keeps true, to the views, and the views back to both.
 *
 * @import {Amendment} from './state/message.js'
 * @import {Ack, Pending, Room} from './state/types.js'
 */

import { Api } from "./sync/api.js";
import { takeMention } from "./composer/address.js";
import { arrived } from "./page/initial-state.js";
import { browserStorage, clock, openSocket, tabHistory, tabStorage } from "./page/browser.js";
import { dayOf } from "./lib/calendar.js";
import { Completion } from "./composer/completion.js";
import { Composer } from "./composer/composer.js";
import { ConnectionLine } from "./page/connection-line.js";
import { copy } from "./lib/dom.js";
import { Draft } from "./composer/drafts.js";
import { Drawer } from "./page/drawer.js";
import { Intent } from "./composer/intent.js";
import { tellReadersDay } from "./rooms/jump-to-day.js";
import { Keys } from "./page/keys.js";
import { Levels } from "./rooms/notification-level.js";
import { openOwnInPlace } from "./lib/links.js";
import { Marking } from "./composer/format-keys.js";
import { MessageMenu } from "./timeline/message-menu.js";
import { messageOffers, roomOffers } from "./state/offers.js";
import { PageWindow } from "./page/page-window.js";
import { Painter } from "./timeline/painter.js";
import { Places } from "./timeline/places.js";
import { PresenceView } from "./rooms/presence-view.js";
import { uuid } from "./sync/protocol.js";
import { unread } from "./state/room.js";
import { RoomHead } from "./rooms/room-head.js";
import { RoomMenu } from "./rooms/room-menu.js";
import { Shelf } from "./sync/unsent-storage.js";
import { reachScrolling } from "./lib/scrolling.js";
import { Sidebar } from "./rooms/sidebar.js";
import { Store } from "./state/store.js";
import { StrandedView } from "./composer/stranded.js";
import { Switcher } from "./rooms/switcher.js";
import { offSentence } from "./lib/switched-off.js";
import { Sync } from "./sync/sync.js";
import { ThemePicker } from "./page/theme-picker.js";
import { Timeline } from "./timeline/timeline.js";
import { Unheard } from "./composer/unheard.js";
import { walk } from "./rooms/walk.js";
import { find } from "./state/message-list.js";

const TICK_MS = 1_000;
const UNSENT = "There is no connection: try again in a moment.";

/** Who presses a button for it wants a new connection, unless the old one has just been heard. */
const ASKED_MS = 2_000;

class ChatPage {
  #leaving = new AbortController();
  #storage = browserStorage();
  #arrived = arrived(clock.now());
  #api = new Api(this.#arrived.csrfToken);
  #store = new Store(this.#arrived.state, clock.now);
  #me = this.#store.state.me;
  #roomId = this.#store.state.open;
  #renderedDay = "";
  #painter = new Painter(() => this.#render(), (isRush) => this.#timeline.rush(isRush));

  #sync = new Sync(this.#store, { api: this.#api, clock, open: openSocket, storage: this.#storage }, {
    ...{ logIn: () => this.#logIn(), reload: () => this.#reload(), goHome: () => this.#goHome() },
    acknowledged: (event) => event.room === this.#roomId && this.#acknowledged(event),
    refused: (event) => this.#levels.refused(event),
    disconnected: () => this.#levels.disconnected(),
  });

  #places = new Places({ ...tabHistory(), uuid: () => uuid() }, this.#roomId);

  #timeline = new Timeline(
    {
      ...{ older: () => this.#sync.history.older(), newer: () => this.#sync.history.newer(), newest: () => this.#sync.history.newest() },
      around: (seq) => this.#sync.history.around(seq),
      moved: (place) => this.#places.keep(place),
      follow: (following) => this.#store.dispatch({ type: "following", room: this.#roomId, following }),
      act: (id, action) => this.#act(id, action),
    },
    this.#leaving.signal,
  );

  #composer = new Composer(
    {
      typed: (text) => this.#intent.typed(text),
      send: (text) => this.#send(text),
      editLast: () => this.#editLast(),
      typing: () => this.#sync.send({ type: "typing", room: this.#roomId }),
      toEnd: () => this.#timeline.toEnd(),
      byPage: (direction) => this.#timeline.byPage(direction),
    },
    { clock, limit: this.#store.state.textLimit, signal: this.#leaving.signal },
  );

  #intent = new Intent(
    this.#composer,
    {
      find: (seq) => find(this.#store.state.rooms[this.#roomId].messages, seq),
      save: (seq, text, ended) => this.#sync.changes.add({ type: "edit", room: this.#roomId, seq, text }, ended),
      drop: (id) => this.#sync.changes.drop(id),
      empty: (seq) => this.#menu.askToDelete(seq),
    },
    { draft: this.#draft("draft"), edits: this.#draft("edit") },
    this.#leaving.signal,
  );

  #menu = new MessageMenu(
    {
      amend: (amendment) => this.#change(amendment),
      remove: (seq) => (this.#intent.deleted(seq), this.#change({ type: "delete", room: this.#roomId, seq })),
      reply: (message) => this.#intent.reply(message),
      edit: (message) => this.#intent.edit(message),
      unread: (seq) => this.#markUnread(seq),
      tell: (sentence) => this.#composer.tell(sentence),
      leave: () => this.#composer.focus(),
    },
    this.#leaving.signal,
  );

  #levels = new Levels(
    {
      set: (level) => this.#sync.send({ type: "level", room: this.#roomId, level }),
      tell: (sentence) => this.#composer.tell(sentence),
    },
    this.#leaving.signal,
  );

  #window = new PageWindow(
    {
      attend: (attending) => this.#store.dispatch({ type: "attention", attending }),
      back: () => this.#sync.connection.tryNow(),
      away: () => this.#sync.reader.tell(),
      network: (online) => this.#sync.network(online),
      stored: (event) => (this.#sync.outbox.storageChanged(event), this.#intent.storageChanged(event)),
      isUnsaved: () => this.#isUnsaved,
    },
    this.#leaving.signal,
  );

  #line = new ConnectionLine(() => this.#sync.connection.tryNow(ASKED_MS), this.#leaving.signal);
  #unheard = new Unheard(this.#api.ask, this.#leaving.signal);
  #roomMenu = new RoomMenu(() => this.#store.state, this.#api.ask, this.#leaving.signal);
  #roomHead = new RoomHead(this.#leaving.signal);
  #stranded = new StrandedView(new Shelf(this.#storage, `draft:${this.#me.id}`), (id) => this.#sync.outbox.remove(id), this.#leaving.signal);
  #views = [this.#menu, this.#levels, new PresenceView(), new Sidebar(), new Drawer(this.#leaving.signal), this.#roomHead, this.#roomMenu, this.#stranded, this.#line, this.#window];

  start() {
    const { signal } = this.#leaving;
    const switcher = new Switcher(() => this.#store.state, this.#api.ask, signal);
    tellReadersDay(signal);
    new Marking(signal);
    openOwnInPlace(signal);
    new Completion((begin) => this.#api.membersLike(this.#roomId, begin), signal);
    reachScrolling(document);
    new ThemePicker(this.#storage, signal);
    new Keys({ walk, jump: () => switcher.open(), read: (everywhere) => this.#readAll(everywhere) }, this.#composer, signal); // last
    this.#window.attend();
    this.#timeline.enter(this.#store.state.rooms[this.#roomId], this.#arrived.marked, this.#places.here);
    this.#store.subscribe(() => this.#changed());
    this.#render();
    this.#sync.connection.start();
    this.#intent.resume();
    takeMention(this.#composer);
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** @param {string} kind */
  #draft(kind) {
    const place = `${kind}:${this.#me.id}:${this.#roomId}`;
    return new Draft({ place, shelf: new Shelf(this.#storage, place), tab: tabStorage(), uuid: () => uuid(), now: clock.now });
  }

  /** @param {Ack} event */
  #acknowledged({ off, seq, unheard }) {
    if (unheard) this.#showUnheard(seq, unheard);
    if (off) this.#composer.tell(offSentence(off));
  }

  /** @param {string} text */
  #send(text) {
    this.#unheard.clear();
    if (this.#intent.took(text)) return false;
    if (text === "") return this.#refuseEmpty();
    this.#sync.outbox.add(this.#roomId, text, this.#intent.replyTo);
    this.#intent.sent();
    this.#timeline.toEnd();
    return true;
  }

  /**
   * @param {number} seq
   * @param {string[]} logins
   */
  #showUnheard(seq, logins) {
    this.#unheard.show(logins, { room: this.#roomId, seq, mayAdd: roomOffers(this.#store.state).add });
  }

  /** Enter in an empty field is an accident; signs that nobody sees want a word. */
  #refuseEmpty() {
    if (!this.#composer.isEmpty) this.#composer.tell("Write something first.");
    return false;
  }

  #editLast() {
    const { messages } = this.#store.state.rooms[this.#roomId];
    const own = messages.findLast((message) => messageOffers(message, this.#store.state).edit);
    if (own) this.#intent.edit(own);
  }

  /** @param {Amendment} change */
  #change(change) {
    this.#sync.changes.add(change, (refusal) => refusal && this.#composer.tell(refusal));
  }

  /**
   * @param {string} id
   * @param {string} action
   */
  #act(id, action) {
    const entry = this.#store.state.pending.find((each) => each.id === id);
    if (action === "retry") this.#retry(id);
    if (action === "copy" && entry) copy(entry.text);
    if (action === "delete" && entry) this.#discard(entry);
    this.#composer.focus();
  }

  /** @param {Pending} entry */
  #discard({ id, replyTo, room, text }) {
    this.#sync.outbox.remove(id);
    this.#composer.tell("Deleted before it was sent", { label: "Undo", act: () => this.#sync.outbox.add(room, text, replyTo) });
  }

  /** @param {string} id */
  #retry(id) {
    this.#sync.connection.tryNow(ASKED_MS);
    this.#sync.outbox.retry(id);
  }

  /** @param {number} seq */
  #markUnread(seq) {
    const isSent = this.#sync.send({ type: "unread", room: this.#roomId, seq });
    if (isSent) this.#sync.reader.takenBack(this.#roomId);
    this.#composer.tell(isSent ? "Unread from here on, until you press Esc or come back." : UNSENT);
  }

  /** @param {boolean} everywhere */
  #readAll(everywhere) {
    const { rooms } = this.#store.state;
    const read = everywhere ? Object.values(rooms) : [rooms[this.#roomId]];
    const unreadOnes = read.filter((room) => unread(room) > 0);
    for (const room of read) this.#sync.reader.sawNewest(room);
    this.#timeline.toEnd();
    if (everywhere && unreadOnes.length > 0) this.#composer.tell("All read", { label: "Undo", act: () => this.#unreadAgain(unreadOnes) });
  }

  /** @param {Room[]} rooms as they were before */
  #unreadAgain(rooms) {
    this.#sync.reader.tell(); // what is taken back must have been said
    const areSent = rooms.every(({ id, readSeq }) => this.#sync.send({ type: "unread", room: id, seq: readSeq + 1 }));
    this.#composer.tell(areSent ? "Unread again, as it was." : UNSENT);
  }

  #changed() {
    if (document.hidden) this.#window.render(this.#store.state); // no frame comes until it is looked at again
    this.#painter.request();
  }

  #render() {
    const { state } = this.#store;
    this.#renderedDay = dayOf(clock.now());
    this.#timeline.render(state, clock.now());
    for (const view of this.#views) view.render(state);
    const isSeen = state.attending && this.#timeline.isAtEnd && !state.rooms[this.#roomId].keptUnread;
    if (isSeen) this.#sync.reader.sawNewest(this.#store.state.rooms[this.#roomId]);
  }

  #tick() {
    this.#store.dispatch({ type: "tick" });
    if (dayOf(clock.now()) !== this.#renderedDay) this.#changed();
  }

  get #isUnsaved() {
    const { durable, pending } = this.#store.state;
    return (!durable && pending.length > 0) || !this.#sync.changes.isEmpty || this.#intent.isAtRisk;
  }

  #logIn() {
    this.#leave();
    location.assign(`/login?${new URLSearchParams({ next: location.pathname + location.search })}`);
  }

  /** Someone else has logged in with this browser: what waits here must not be sent in their name. */
  #reload() {
    this.#leave();
    location.reload();
  }

  /** One is no longer a member here; what was typed is kept as this room's draft. */
  #goHome() {
    this.#leave();
    location.assign("/");
  }

  #leave() {
    this.#sync.connection.stop();
    this.#leaving.abort();
  }
}

new ChatPage().start();
