/**
 * Wires the chat page: the socket and the history to the store, the store to the views, the views back to both.
 *
 * @import {Change} from './changes.js'
 * @import {Ack, ServerEvent} from './types.js'
 */

import { takeMention } from "./address.js";
import { arrivedState } from "./arrival.js";
import { callingIn } from "./badges.js";
import { browserStorage, clock, openSocket } from "./browser.js";
import { dayOf } from "./calendar.js";
import { Changes } from "./changes.js";
import { Completion } from "./completion.js";
import { Composer } from "./composer.js";
import { ConnectionLine } from "./connection-line.js";
import { Connection } from "./connection.js";
import { byId, copy } from "./dom.js";
import { Draft } from "./drafts.js";
import { Drawer } from "./drawer.js";
import { Favicon } from "./favicon.js";
import { History } from "./history.js";
import { Intent } from "./intent.js";
import { tellReadersDay } from "./jump.js";
import { Keys } from "./keys.js";
import { Levels } from "./levels.js";
import { Marking } from "./marking.js";
import { membersLike } from "./members.js";
import { MessageMenu } from "./message-menu.js";
import { Outbox } from "./outbox.js";
import { Painter } from "./painter.js";
import { PresenceView } from "./presence.js";
import { uuid } from "./protocol.js";
import { Reader } from "./reader.js";
import { RoomHead } from "./room-head.js";
import { RoomMenu } from "./room-menu.js";
import { Shelf } from "./shelf.js";
import { Sidebar, windowTitle } from "./sidebar.js";
import { position } from "./state.js";
import { Store } from "./store.js";
import { Switcher } from "./switcher.js";
import { ThemePicker } from "./theme-picker.js";
import { Timeline } from "./timeline.js";
import { showUnheard } from "./unheard.js";
import { walk } from "./walk.js";
import { showInvitation } from "./welcome.js";

const TICK_MS = 1_000;
const ANSWER_MS = 15_000;

/** Who presses a button for it wants a new connection, unless the old one has just been heard. */
const ASKED_MS = 2_000;

class ChatPage {
  #leaving = new AbortController();
  #storage = browserStorage();
  #store = new Store(arrivedState(clock.now()), clock.now);
  #me = this.#store.state.me;
  #roomId = this.#store.state.open;
  #brand = byId("brand", HTMLElement).textContent ?? "";
  #renderedDay = "";
  #favicon = new Favicon();
  #painter = new Painter(() => this.#render(), (isRush) => this.#timeline.rush(isRush));

  #history = new History({
    ...{ clock, random: Math.random, store: this.#store, onSessionEnded: () => this.#logIn() },
    fetch: (path) => fetch(path, { signal: AbortSignal.timeout(ANSWER_MS) }),
  });

  #outbox = new Outbox({
    ...{ clock, uuid: () => uuid(), shelf: new Shelf(this.#storage, this.#me.id) },
    send: (command) => this.#connection.send(command),
    onChange: (pending, durable) => this.#store.dispatch({ type: "outbox", pending, durable }),
  });

  #reader = new Reader({
    ...{ clock, send: (command) => this.#connection.send(command) },
    onRead: (room, seq) => this.#store.dispatch({ type: "read", room, seq }),
  });

  #connection = new Connection({
    ...{ clock, random: Math.random, open: openSocket },
    position: (headRevs) => position(this.#store.state, headRevs),
    onEvent: (event) => this.#heard(event),
    onOpen: () => (this.#outbox.connected(), this.#changes.connected()),
    onPhase: (phase, code) => this.#changedPhase(phase, code),
    onRefused: () => this.#history.check(),
    onSessionEnded: () => this.#logIn(),
  });

  #timeline = new Timeline(
    {
      ...{ older: () => this.#history.older(), newer: () => this.#history.newer(), newest: () => this.#history.newest() },
      around: (seq) => this.#history.around(seq),
      follow: (following) => this.#store.dispatch({ type: "following", room: this.#roomId, following }),
      act: (id, action) => this.#act(id, action),
    },
    this.#leaving.signal,
  );

  #changes = new Changes({ clock, uuid: () => uuid(), send: (command) => this.#connection.send(command) });

  #draft = new Draft(this.#storage, this.#me.id, this.#roomId);

  #composer = new Composer(
    {
      send: (text) => this.#send(text),
      editLast: () => this.#editLast(),
      typing: () => this.#connection.send({ type: "typing", room: this.#roomId }),
      toEnd: () => this.#timeline.toEnd(),
      byPage: (direction) => this.#timeline.byPage(direction),
    },
    {
      ...{ clock, limit: this.#store.state.textLimit, signal: this.#leaving.signal },
      draft: this.#draft,
    },
  );

  #intent = new Intent(
    this.#composer,
    {
      save: (seq, text, ended) => this.#changes.add({ type: "edit", room: this.#roomId, seq, text }, ended),
      drop: (id) => this.#changes.drop(id),
    },
    this.#draft,
    this.#leaving.signal,
  );

  #menu = new MessageMenu(
    {
      react: (seq, emoji, on) => this.#change({ type: "react", room: this.#roomId, seq, emoji, on }),
      remove: (seq) => this.#change({ type: "delete", room: this.#roomId, seq }),
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
      set: (level) => this.#connection.send({ type: "level", room: this.#roomId, level }),
      tell: (sentence) => this.#composer.tell(sentence),
    },
    this.#leaving.signal,
  );

  #views = [this.#menu, this.#levels, new PresenceView(), new Sidebar(), new RoomHead(), new ConnectionLine(() => this.#connection.tryNow(ASKED_MS), this.#leaving.signal)];

  start() {
    const { signal } = this.#leaving;
    const switcher = new Switcher(() => this.#store.state, signal);
    new Keys({ walk, jump: () => switcher.open(), read: (everywhere) => this.#readAll(everywhere) }, this.#composer, signal);
    tellReadersDay(signal);
    new Marking(signal);
    new Completion((begin) => membersLike(this.#roomId, begin), signal);
    new Drawer(signal);
    new ThemePicker(this.#storage, signal);
    new RoomMenu(() => this.#store.state, signal);
    showInvitation(signal);
    this.#watchWindow(signal);
    this.#attend();
    this.#timeline.enter(this.#store.state.rooms[this.#roomId], Number(byId("room", HTMLElement).dataset.marked));
    this.#store.subscribe(() => this.#changed());
    this.#render();
    this.#connection.start();
    this.#intent.resume(this.#store.state.rooms[this.#roomId].messages);
    takeMention(this.#composer);
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** @param {AbortSignal} signal */
  #watchWindow(signal) {
    const back = () => this.#connection.tryNow();
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => this.#attend(), { signal });
    for (const type of ["online", "pageshow"]) window.addEventListener(type, back, { signal });
    document.addEventListener("visibilitychange", () => (this.#attend(), document.hidden || back()), { signal });
    window.addEventListener("storage", (event) => this.#outbox.storageChanged(event), { signal });
    window.addEventListener("beforeunload", (event) => this.#hold(event), { signal });
  }

  /** @param {ServerEvent} event */
  #heard(event) {
    if (event.type === "hello" && event.user.id !== this.#me.id) return this.#reload();
    if (isOutsideOf(this.#roomId, event)) return this.#goHome();
    this.#store.dispatch(event);
    if (event.type === "hello") this.#reader.greeted(event);
    if (event.type === "read") this.#reader.heard(event);
    if (event.type === "ack") this.#acknowledged(event);
    if (event.type === "error") for (const each of [this.#outbox, this.#changes, this.#levels]) each.refused(event);
  }

  /**
   * @param {'connecting' | 'waiting'} phase
   * @param {number} code
   */
  #changedPhase(phase, code) {
    this.#outbox.disconnected(code);
    this.#changes.disconnected(code);
    this.#levels.disconnected();
    this.#store.dispatch({ type: "connection", phase, code });
  }

  /** @param {Ack} event */
  #acknowledged(event) {
    for (const each of [this.#outbox, this.#changes]) each.acknowledged(event);
    if (event.room === this.#roomId && event.unheard) showUnheard(event.unheard);
  }

  /** @param {string} text */
  #send(text) {
    if (this.#intent.took(text)) return false;
    showUnheard([]);
    this.#outbox.add(this.#roomId, text, this.#intent.replyTo);
    this.#intent.sent();
    this.#timeline.toEnd();
    return true;
  }

  #editLast() {
    const { messages } = this.#store.state.rooms[this.#roomId];
    const own = messages.findLast((message) => message.author.id === this.#me.id && !message.deleted);
    if (own) this.#intent.edit(own);
  }

  /** @param {Change} change */
  #change(change) {
    this.#changes.add(change, (refusal) => refusal && this.#composer.tell(refusal));
  }

  /**
   * @param {string} id
   * @param {string} action
   */
  #act(id, action) {
    const entry = this.#store.state.pending.find((each) => each.id === id);
    if (action === "retry") this.#retry(id);
    if (action === "copy" && entry) copy(entry.text);
    if (action === "delete") this.#outbox.remove(id);
    this.#composer.focus();
  }

  /** @param {string} id */
  #retry(id) {
    this.#connection.tryNow(ASKED_MS);
    this.#outbox.retry(id);
  }

  /** @param {number} seq */
  #markUnread(seq) {
    const isSent = this.#connection.send({ type: "unread", room: this.#roomId, seq });
    this.#composer.tell(isSent ? "Unread from here on, until you press Esc or come back." : "There is no connection: try again in a moment.");
  }

  /** @param {boolean} everywhere */
  #readAll(everywhere) {
    const { rooms } = this.#store.state;
    for (const room of everywhere ? Object.values(rooms) : [rooms[this.#roomId]]) this.#reader.sawNewest(room);
    this.#timeline.toEnd();
  }

  #attend() {
    this.#store.dispatch({ type: "attention", attending: document.hasFocus() && !document.hidden });
  }

  #changed() {
    if (document.hidden) this.#showTitle(); // no frame comes until it is looked at again
    this.#painter.request();
  }

  #showTitle() {
    const title = windowTitle(this.#store.state, this.#brand);
    if (document.title !== title) document.title = title;
    this.#favicon.show(callingIn(this.#store.state));
  }

  #render() {
    const { state } = this.#store;
    this.#renderedDay = dayOf(clock.now());
    this.#timeline.render(state, clock.now());
    for (const view of this.#views) view.render(state);
    this.#showTitle();
    const isSeen = state.attending && this.#timeline.isAtEnd && !state.rooms[this.#roomId].keptUnread;
    if (isSeen) this.#reader.sawNewest(this.#store.state.rooms[this.#roomId]);
  }

  #tick() {
    this.#store.dispatch({ type: "tick" });
    if (dayOf(clock.now()) !== this.#renderedDay) this.#changed();
  }

  /** @param {BeforeUnloadEvent} event */
  #hold(event) {
    const { durable, pending } = this.#store.state;
    const isUnsaved = (!durable && pending.length > 0) || !this.#changes.isEmpty || this.#intent.isUnsaved;
    if (isUnsaved) event.preventDefault();
  }

  #logIn() {
    this.#leave();
    location.assign("/login");
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
    this.#connection.stop();
    this.#leaving.abort();
  }
}

/**
 * Whether an event says that the person is no member of a room.
 *
 * @param {number} id
 * @param {ServerEvent} event
 */
function isOutsideOf(id, event) {
  if (event.type === "hello") return event.rooms.every((room) => room.id !== id);
  return event.type === "left" && event.room === id;
}

new ChatPage().start();
