// A grid with sliders over the axes before its rows, a cell cursor for the keyboard, and the cell in words.
import { make } from "../dom";
import { sameSlice, Slices, type Place } from "./data";
import { Grid, type Look, type Spot } from "./grid";

export interface ChartOptions {
  slices: Slices;
  /** What the array is called, for those who do not see the drawing. */
  label: () => string;
  axes: string[];
  largestSide: number;
  ticks: () => boolean;
  ring: boolean;
  look: (place: Place) => Look;
  /** A cell in words. */
  tell: (place: Place) => string;
  /** What is said of a slice below the sliders. */
  about: (slice: number[]) => string;
  /** Called after each drawing, with whether cells are too small for ticks and corners. */
  drawn?: (fine: boolean) => void;
  /** Called when a slider was moved by hand. */
  moved?: (axis: number, at: number) => void;
}

const STEPS: Record<string, Spot> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Chart {
  readonly element = make("div", { class: "heat__chart" });
  private slice: number[];
  private cursor: Spot;
  private grid: Grid;
  private sliders: { input: HTMLInputElement; words: HTMLElement }[] = [];
  private box = make("div", { class: "heat__box", tabindex: "0", role: "application" });
  private readout = make("p", { class: "heat__readout", "aria-hidden": "true" });
  private said = make("p", { class: "visually-hidden", role: "status" });
  private about = make("p", { class: "heat__about" });
  private width = 0;

  constructor(private options: ChartOptions) {
    const { slices } = options;
    this.slice = [...slices.first.slice];
    this.cursor = [slices.first.row, slices.first.column];
    this.grid = new Grid(options.largestSide, (spot, picked) => this.hover(spot, picked));
    this.box.append(this.grid.svg);
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("focus", () => this.point(true));
    this.box.addEventListener("blur", () => this.rest());
    this.element.append(this.controls(), this.box, this.readout, this.said);
    const observer = new ResizeObserver(([entry]) => this.resize(entry?.contentRect.width ?? 0));
    observer.observe(this.element);
  }

  /** Show another slice without telling anybody. */
  follow(axis: number, at: number): void {
    const size = this.options.slices.part.size[axis] ?? 1;
    if (axis < this.slice.length && at < size) this.go(axis, at);
  }

  /** Back to the first place, in its slice. */
  home(): void {
    const { slice, row, column } = this.options.slices.first;
    this.slice = [...slice];
    this.cursor = [row, column];
    this.draw();
    this.point(true);
  }

  draw(): void {
    const { slices, label, look, ticks, ring } = this.options;
    const { first, rows, columns, part } = slices;
    this.grid.draw(
      {
        rows,
        columns,
        startRow: part.start.length > 1 ? (part.start.at(-2) ?? 0) : 0,
        startColumn: part.start.at(-1) ?? 0,
        look: (row, column) => look(this.at([row, column])),
        first: ring && sameSlice(first.slice, this.slice) ? [first.row, first.column] : null,
        ticks: ticks(),
      },
      this.width || this.element.clientWidth,
    );
    this.box.setAttribute("aria-label", `${label()}, ${rows} by ${columns} cells. Arrow keys move from cell to cell, Home goes back.`);
    this.words();
    this.options.drawn?.(this.grid.isFine);
    if (document.activeElement === this.box) this.point(false);
    else this.rest();
  }

  private resize(width: number): void {
    if (Math.abs(width - this.width) < 1) return;
    this.width = width;
    this.draw();
    this.grid.reveal(this.cursor);
  }

  private controls(): HTMLElement {
    const { slices, axes } = this.options;
    const list = make("div", { class: "heat__sliders" });
    axes.forEach((name, axis) => {
      const [start, size, whole] = [slices.part.start[axis] ?? 0, slices.part.size[axis] ?? 1, slices.part.shape[axis] ?? 1];
      if (whole < 2) return;
      const input = make("input", {
        type: "range", class: "heat__slider", min: "0", max: String(size - 1), step: "1", "data-axis": String(axis),
      });
      const words = make("span", { class: "heat__slider-words" });
      input.addEventListener("input", () => {
        this.go(axis, Number(input.value));
        this.options.moved?.(axis, Number(input.value));
      });
      list.append(make("label", { class: "heat__slider-line" }, words, size > 1 ? input : null));
      this.sliders[axis] = { input, words };
      input.setAttribute("data-text", `${name} # of ${whole}`);
      input.setAttribute("data-start", String(start));
    });
    list.append(this.about);
    return list;
  }

  private words(): void {
    this.sliders.forEach(({ input, words }, axis) => {
      const at = this.slice[axis] ?? 0;
      const text = (input.dataset.text ?? "").replace("#", String(at + Number(input.dataset.start) + 1));
      input.value = String(at);
      words.textContent = text;
      input.setAttribute("aria-valuetext", text);
    });
    this.about.textContent = this.options.about(this.slice);
  }

  private go(axis: number, at: number): void {
    this.slice[axis] = at;
    this.draw();
  }

  private at([row, column]: Spot): Place {
    return { slice: this.slice, row, column };
  }

  private hover(spot: Spot | null, picked: boolean): void {
    if (spot && picked) this.cursor = spot;
    if (!spot) return document.activeElement === this.box ? this.point(false) : this.rest();
    this.grid.point(spot);
    this.readout.textContent = this.options.tell(this.at(spot));
  }

  /** Show the cursor's cell; say it where it was moved by the keyboard. */
  private point(aloud: boolean): void {
    this.grid.point(this.cursor);
    const text = this.options.tell(this.at(this.cursor));
    this.readout.textContent = text;
    if (aloud) this.said.textContent = text;
  }

  /** Nothing is pointed at: the cell that matters stays in words. */
  private rest(): void {
    this.grid.point(null);
    const { slices, tell } = this.options;
    this.readout.textContent = tell(slices.first);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (!step && event.key !== "Home") return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) return this.home();
    const { rows, columns } = this.options.slices;
    const clamp = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value));
    this.cursor = [clamp(this.cursor[0] + step[0], rows), clamp(this.cursor[1] + step[1], columns)];
    this.point(true);
    this.grid.reveal(this.cursor);
  }
}
