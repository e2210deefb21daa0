/**
 * One's own picture, before it is sent: which square of it is shown, round. It is moved by dragging, zoomed by the wheel,
 * and by three sliders, which a keyboard moves, too. Without this, or with what the browser cannot show, the whole picture
 * is sent, and the server takes its middle.
 */

const SENT_PX = 512;
const WHEEL = 0.002;

class Cropping {
  #form;
  #input;
  #stage;
  #image;
  #sliders;
  /** Where the finger is that drags. @type {{x: number, y: number} | null} */
  #held = null;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#input = /** @type {HTMLInputElement} */ (form.elements.namedItem("picture"));
    this.#stage = /** @type {HTMLElement} */ (form.querySelector("[data-stage]"));
    this.#image = /** @type {HTMLImageElement} */ (form.querySelector("[data-cropped]"));
    const slider = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.querySelector(`[data-slider="${name}"]`));
    this.#sliders = { zoom: slider("zoom"), x: slider("x"), y: slider("y") };
    this.#input.addEventListener("change", () => this.#chosen());
    this.#image.addEventListener("load", () => this.#shown());
    this.#image.addEventListener("error", () => this.#hide());
    form.addEventListener("input", ({ target }) => target !== this.#input && this.#draw());
    form.addEventListener("submit", (event) => this.#submitted(event));
    this.#listenToPointers();
    if (this.#input.files?.length) this.#chosen(); // before this script came
  }

  get #isShown() {
    return !this.#place.hidden;
  }

  get #place() {
    return /** @type {HTMLElement} */ (this.#stage.closest("[data-crop]"));
  }

  #chosen() {
    this.#hide();
    const file = this.#input.files?.[0];
    if (file) this.#image.src = URL.createObjectURL(file);
  }

  #shown() {
    this.#place.hidden = false;
    Object.assign(this.#sliders.zoom, { value: "1" });
    for (const slider of [this.#sliders.x, this.#sliders.y]) slider.value = "0.5";
    this.#draw();
  }

  #hide() {
    this.#place.hidden = true;
    URL.revokeObjectURL(this.#image.src);
  }

  /** The square that is shown, in pixels of the picture. */
  get #square() {
    const { naturalHeight: height, naturalWidth: width } = this.#image;
    const side = Math.min(width, height) / Number(this.#sliders.zoom.value);
    return { x: (width - side) * Number(this.#sliders.x.value), y: (height - side) * Number(this.#sliders.y.value), side };
  }

  #draw() {
    const { side, x, y } = this.#square;
    const scale = this.#stage.clientWidth / side;
    const { naturalHeight, naturalWidth, style } = this.#image;
    style.inlineSize = `${naturalWidth * scale}px`;
    style.blockSize = `${naturalHeight * scale}px`;
    style.transform = `translate(${-x * scale}px, ${-y * scale}px)`;
  }

  #listenToPointers() {
    const stage = this.#stage;
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      this.#held = { x: event.clientX, y: event.clientY };
    });
    stage.addEventListener("pointermove", (event) => this.#dragged(event));
    for (const type of ["pointerup", "pointercancel"]) stage.addEventListener(type, () => (this.#held = null));
    stage.addEventListener("wheel", (event) => this.#turned(event), { passive: false });
  }

  /** @param {PointerEvent} event */
  #dragged({ clientX, clientY }) {
    if (!this.#held) return;
    const scale = this.#square.side / this.#stage.clientWidth;
    this.#move("x", (this.#held.x - clientX) * scale, this.#image.naturalWidth);
    this.#move("y", (this.#held.y - clientY) * scale, this.#image.naturalHeight);
    this.#held = { x: clientX, y: clientY };
    this.#draw();
  }

  /**
   * @param {"x" | "y"} way
   * @param {number} by pixels of the picture
   * @param {number} length of the picture
   */
  #move(way, by, length) {
    const slider = this.#sliders[way];
    const room = length - this.#square.side;
    if (room > 0) slider.value = String(Number(slider.value) + by / room);
  }

  /** @param {WheelEvent} event */
  #turned(event) {
    event.preventDefault();
    const { zoom } = this.#sliders;
    zoom.value = String(Number(zoom.value) * Math.exp(-event.deltaY * WHEEL));
    this.#draw();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (!this.#isShown) return;
    event.preventDefault();
    const canvas = document.createElement("canvas");
    const { side, x, y } = this.#square;
    canvas.width = canvas.height = Math.max(1, Math.min(SENT_PX, Math.round(side)));
    canvas.getContext("2d")?.drawImage(this.#image, x, y, side, side, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => this.#send(blob), "image/webp", 0.92);
  }

  /** @param {Blob | null} square null: the browser could not make it */
  #send(square) {
    if (square) {
      const given = new DataTransfer();
      given.items.add(new File([square], "picture", { type: square.type }));
      this.#input.files = given.files;
    }
    this.#form.submit();
  }
}

const form = document.querySelector("[data-cropping]");
if (form instanceof HTMLFormElement) new Cropping(form);
