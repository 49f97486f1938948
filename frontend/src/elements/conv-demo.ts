import { icon, make, makeSvg } from "../dom";

const IMAGE = [
  [0, 0, 0, 2, 7, 9],
  [0, 0, 1, 6, 9, 8],
  [0, 1, 5, 9, 8, 3],
  [1, 4, 9, 8, 3, 1],
  [3, 8, 9, 4, 1, 0],
  [7, 9, 5, 1, 0, 0],
];
const KERNEL = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
];
const CELL = 30;
const GAP = 3;
const STEP = CELL + GAP;

/** A convolution that can be stepped through: the window moves by the stride, one output value a step. */
class ConvDemo extends HTMLElement {
  private stride = 1;
  private at = 0;
  private timer = 0;
  private svg = makeSvg("svg", { viewBox: "0 0 372 232", role: "img" });
  private sum = make("p", { class: "conv__sum" });
  private playButton = this.button("play", "Play", () => this.toggle());

  connectedCallback(): void {
    const strides = make("button", { type: "button", class: "button button--small" }, "Stride 1");
    strides.addEventListener("click", () => {
      this.stride = this.stride === 1 ? 2 : 1;
      this.at = 0;
      strides.textContent = `Stride ${this.stride}`;
      this.draw();
    });
    const steps = make(
      "div", { class: "cluster" },
      this.button("left", "Step back", () => this.step(-1)), this.playButton,
      this.button("right", "Step on", () => this.step(1)),
    );
    this.replaceChildren(
      make("div", { class: "conv" }, this.svg, this.sum, make("div", { class: "conv__controls" }, steps, strides)),
    );
    this.draw();
    this.addEventListener("keydown", (event) => this.key(event));
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches && this.hasAttribute("autoplay")) this.toggle();
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private get size(): number {
    return Math.floor((IMAGE.length - KERNEL.length) / this.stride) + 1;
  }

  private button(name: "left" | "right" | "play" | "pause", label: string, act: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", class: "icon-button", "aria-label": label, title: label }, icon(name));
    button.addEventListener("click", act);
    return button;
  }

  private key(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.step(by);
  }

  private step(by: number, stop = true): void {
    if (stop && this.timer) this.toggle();
    const count = this.size ** 2;
    this.at = (this.at + by + count) % count;
    this.draw();
  }

  private toggle(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = this.timer ? 0 : window.setInterval(() => this.step(1, false), 1400);
    const [name, label] = this.timer ? (["pause", "Pause"] as const) : (["play", "Play"] as const);
    this.playButton.replaceChildren(icon(name));
    this.playButton.setAttribute("aria-label", label);
    this.playButton.title = label;
  }

  private products(index: number): [number, number][] {
    const top = Math.floor(index / this.size) * this.stride;
    const left = (index % this.size) * this.stride;
    return KERNEL.flatMap((row, r) => row.map((w, c): [number, number] => [IMAGE[top + r]?.[left + c] ?? 0, w]));
  }

  private value(index: number): number {
    return this.products(index).reduce((total, [x, w]) => total + x * w, 0);
  }

  private draw(): void {
    const row = Math.floor(this.at / this.size);
    const column = this.at % this.size;
    const side = IMAGE.length * STEP - GAP;
    const outLeft = 372 - (this.size * STEP - GAP);
    const outTop = 24 + (side - (this.size * STEP - GAP)) / 2;
    this.svg.replaceChildren(
      makeSvg("text", { class: "conv__label", x: 0, y: 12 }, `Input ${IMAGE.length} × ${IMAGE.length}`),
      makeSvg("text", { class: "conv__label", x: outLeft, y: outTop - 12 }, `Output ${this.size} × ${this.size}`),
      ...this.inputCells(row, column), ...this.outputCells(outLeft, outTop), this.window(row, column),
    );
    this.svg.setAttribute("aria-label", `Output row ${row + 1}, column ${column + 1} is ${this.value(this.at)}`);
    this.explain();
  }

  private inputCells(row: number, column: number): SVGElement[] {
    return IMAGE.flatMap((values, r) =>
      values.map((value, c) => {
        const weight = KERNEL[r - row * this.stride]?.[c - column * this.stride];
        const lit = weight === undefined ? "" : " conv__cell--lit";
        const group = makeSvg("g", { transform: `translate(${c * STEP} ${24 + r * STEP})` });
        group.append(
          makeSvg("rect", { class: `conv__cell${lit}`, width: CELL, height: CELL, rx: 5 }),
          makeSvg("text", { class: "conv__value", x: CELL / 2, y: weight === undefined ? CELL / 2 : CELL / 2 - 4 }, `${value}`),
        );
        if (weight !== undefined) {
          group.append(makeSvg("text", { class: "conv__weight", x: CELL / 2, y: CELL - 4 }, `× ${signed(weight)}`));
        }
        return group;
      }),
    );
  }

  private outputCells(left: number, top: number): SVGElement[] {
    return Array.from({ length: this.size ** 2 }, (_, index) => {
      const [r, c] = [Math.floor(index / this.size), index % this.size];
      const state = index < this.at ? "done" : index === this.at ? "now" : "empty";
      const group = makeSvg("g", { transform: `translate(${left + c * STEP} ${top + r * STEP})` });
      group.append(makeSvg("rect", { class: `conv__cell conv__cell--${state}`, width: CELL, height: CELL, rx: 5 }));
      if (index <= this.at) {
        const now = index === this.at ? " conv__value--now" : "";
        group.append(makeSvg("text", { class: `conv__value${now}`, x: CELL / 2, y: CELL / 2 }, signed(this.value(index))));
      }
      return group;
    });
  }

  private window(row: number, column: number): SVGElement {
    const size = KERNEL.length * STEP - GAP + 4;
    const x = column * this.stride * STEP - 2;
    const y = 24 + row * this.stride * STEP - 2;
    const rect = makeSvg("rect", { class: "conv__window", width: size, height: size, rx: 7 });
    rect.setAttribute("transform", `translate(${x} ${y})`);
    return rect;
  }

  private explain(): void {
    const terms = this.products(this.at).filter(([, w]) => w !== 0).map(([x, w]) => `${signed(w)}·${x}`);
    this.sum.replaceChildren(`${terms.join(" + ").replaceAll("+ −", "− ")} = `, make("strong", {}, signed(this.value(this.at))));
  }
}

/** A number with a real minus sign. */
function signed(value: number): string {
  return value < 0 ? `−${-value}` : `${value}`;
}

customElements.define("conv-demo", ConvDemo);
