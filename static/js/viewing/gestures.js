/**
 * What fingers, the mouse and its wheel do to a picture: move it, zoom it, wipe it aside or away.
 *
 * @typedef {{x: number, y: number}} Point from the middle of the stage
 *
 * @typedef {object} GestureActions
 * @property {(by: Point) => void} move
 * @property {(factor: number, at: Point) => void} zoom
 * @property {(direction: 1 | -1) => void} step
 * @property {() => void} close
 * @property {(at: Point) => void} toggle between whole and large
 * @property {() => boolean} isWhole
 */

const SWIPE_PX = 60;
const STILL_PX = 6;
const WHEEL = 0.002;
const PINCH_WHEEL = 0.01; // as a touchpad says it

export class Gestures {
  #stage;
  #actions;
  /** @type {Map<number, Point>} */
  #fingers = new Map();
  /** Where the first finger began; null: others came. @type {Point | null} */
  #began = null;

  /**
   * @param {HTMLElement} stage
   * @param {GestureActions} actions
   * @param {AbortSignal} signal
   */
  constructor(stage, actions, signal) {
    this.#stage = stage;
    this.#actions = actions;
    stage.addEventListener("wheel", (event) => this.#turned(event), { signal, passive: false });
    stage.addEventListener("pointerdown", (event) => this.#pressed(event), { signal });
    stage.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    for (const type of ["pointerup", "pointercancel"]) {
      stage.addEventListener(type, (event) => this.#left(/** @type {PointerEvent} */ (event)), { signal });
    }
    stage.addEventListener("dblclick", (event) => actions.toggle(this.#pointOf(event)), { signal });
  }

  /** @param {WheelEvent} event */
  #turned(event) {
    event.preventDefault();
    const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
    this.#actions.zoom(Math.exp(-pixels * (event.ctrlKey ? PINCH_WHEEL : WHEEL)), this.#pointOf(event));
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (event.button !== 0) return;
    this.#stage.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, this.#pointOf(event));
    this.#began = this.#fingers.size === 1 ? this.#pointOf(event) : null;
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const [was, wasApart] = [this.#middle, this.#apart];
    this.#fingers.set(event.pointerId, this.#pointOf(event));
    if (wasApart > 0 && this.#apart > 0) this.#actions.zoom(this.#apart / wasApart, this.#middle);
    this.#actions.move({ x: this.#middle.x - was.x, y: this.#middle.y - was.y });
  }

  /** @param {PointerEvent} event */
  #left(event) {
    const [began, end] = [this.#began, this.#fingers.get(event.pointerId)];
    this.#fingers.delete(event.pointerId);
    if (!began || !end || event.type === "pointercancel") return;
    this.#began = null;
    const [aside, along] = [end.x - began.x, end.y - began.y];
    const isStill = Math.hypot(aside, along) < STILL_PX;
    if (isStill && event.target === this.#stage && !this.#isOnPicture(event)) this.#actions.close();
    if (!this.#actions.isWhole() || event.pointerType === "mouse") return;
    if (Math.abs(aside) > SWIPE_PX && Math.abs(aside) > 2 * Math.abs(along)) this.#actions.step(aside < 0 ? 1 : -1);
    if (Math.abs(along) > 2 * SWIPE_PX && Math.abs(along) > 2 * Math.abs(aside)) this.#actions.close();
  }

  /** The stage has the pointer's events, also those above the picture. @param {PointerEvent} event */
  #isOnPicture({ clientX, clientY }) {
    const { bottom, left, right, top } = /** @type {Element} */ (this.#stage.firstElementChild).getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  }

  /** @returns {Point} */
  get #middle() {
    const points = [...this.#fingers.values()];
    const sum = points.reduce((one, other) => ({ x: one.x + other.x, y: one.y + other.y }));
    return { x: sum.x / points.length, y: sum.y / points.length };
  }

  /** How far apart two fingers are. */
  get #apart() {
    const [one, other] = this.#fingers.values();
    return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  }

  /** @param {MouseEvent} event @returns {Point} */
  #pointOf({ clientX, clientY }) {
    const { height, left, top, width } = this.#stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }
}
