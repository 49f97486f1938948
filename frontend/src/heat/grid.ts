// One slice of an array as coloured cells. Colours come from CSS: a cell only says how strong and of which sign.
import { makeSvg } from "../dom";
import { short } from "./data";

const LABELS = 24; // pixels for the numbers of rows and columns
const SMALLEST = 11;
const WORDS_FROM = 38; // from this side on a cell holds its number
const TICKS_FROM = 22; // from this side on what is right has a tick, before a dot
const TALLEST = 600; // pixels of all rows, as long as cells are not too small
const FAINT = 14; // what is wrong is never as pale as what is right

export interface Look {
  value: number;
  /** Part of the scale, from 0 to 1; negative values and what is not finite are told from `value`. */
  strength: number;
  mark: "wrong" | "right" | "feeds" | "idle";
  signed: boolean;
}

export interface Drawing {
  rows: number;
  columns: number;
  startRow: number;
  startColumn: number;
  look(row: number, column: number): Look;
  first: [number, number] | null;
  /** Whether marks say which cells are right (a tick) or only which are wrong (a corner). */
  ticks: boolean;
}

export type Spot = [row: number, column: number];

/** Draws slices and tells which cell is pointed at. */
export class Grid {
  readonly svg = makeSvg("svg", { class: "heat__grid", "aria-hidden": "true" });
  private ring = makeSvg("rect", { class: "heat__cursor", rx: 2 });
  private side = 0;
  private drawing: Drawing | null = null;

  constructor(private largestSide: number, point: (spot: Spot | null, picked: boolean) => void) {
    this.svg.addEventListener("pointermove", (event) => point(this.spotAt(event as PointerEvent), false));
    this.svg.addEventListener("pointerdown", (event) => point(this.spotAt(event as PointerEvent), true));
    this.svg.addEventListener("pointerleave", () => point(null, false));
  }

  draw(drawing: Drawing, width: number): void {
    this.drawing = drawing;
    const { rows, columns } = drawing;
    const fitting = Math.min(this.largestSide, Math.floor((width - LABELS - 4) / columns), Math.floor(TALLEST / rows));
    this.side = Math.max(SMALLEST, fitting);
    const [w, h] = [LABELS + columns * this.side + 3, LABELS + rows * this.side + 3];
    this.svg.setAttribute("viewBox", `0 0 ${w} ${h}`);
    this.svg.setAttribute("width", String(w));
    this.svg.setAttribute("height", String(h));
    const cells: SVGElement[] = [];
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) cells.push(...this.cell(drawing, row, column));
    }
    this.svg.replaceChildren(...this.labels(drawing), ...cells, ...this.outline(drawing), ...this.firstRing(drawing), this.ring);
  }

  /** Whether cells are too small for ticks and corners. */
  get isFine(): boolean {
    return this.side < TICKS_FROM;
  }

  /** Put the cursor on a cell, or take it away. */
  point(spot: Spot | null): void {
    this.ring.classList.toggle("heat__cursor--off", spot === null);
    if (spot) this.frame(this.ring, spot, 0.5);
  }

  /** Scroll a cell into the view of the box that holds the drawing. */
  reveal([row, column]: Spot): void {
    const box = this.svg.parentElement;
    if (!box) return;
    const [x, y] = [LABELS + column * this.side, LABELS + row * this.side];
    if (x < box.scrollLeft + LABELS || x + this.side > box.scrollLeft + box.clientWidth) box.scrollLeft = x - box.clientWidth / 2;
    if (y < box.scrollTop + LABELS || y + this.side > box.scrollTop + box.clientHeight) box.scrollTop = y - box.clientHeight / 2;
  }

  private frame(rect: SVGElement, [row, column]: Spot, inset: number): void {
    rect.setAttribute("x", String(LABELS + column * this.side + inset));
    rect.setAttribute("y", String(LABELS + row * this.side + inset));
    rect.setAttribute("width", String(this.side - 2 * inset));
    rect.setAttribute("height", String(this.side - 2 * inset));
  }

  private spotAt(event: PointerEvent): Spot | null {
    const box = this.svg.getBoundingClientRect();
    if (!this.drawing || !box.width) return null;
    const scale = (LABELS + this.drawing.columns * this.side + 3) / box.width;
    const column = Math.floor(((event.clientX - box.left) * scale - LABELS) / this.side);
    const row = Math.floor(((event.clientY - box.top) * scale - LABELS) / this.side);
    const inside = row >= 0 && column >= 0 && row < this.drawing.rows && column < this.drawing.columns;
    return inside ? [row, column] : null;
  }

  private labels({ rows, columns, startRow, startColumn }: Drawing): SVGElement[] {
    const every = this.side >= 20 ? 1 : this.side >= 13 ? 2 : 5;
    const found: SVGElement[] = [];
    const add = (at: number, from: number, x: number, y: number): void => {
      if ((at + from) % every === 0) found.push(makeSvg("text", { class: "heat__label", x, y }, String(at + from)));
    };
    for (let at = 0; at < columns; at += 1) add(at, startColumn, LABELS + (at + 0.5) * this.side, LABELS / 2 + 2);
    for (let at = 0; at < rows; at += 1) add(at, startRow, LABELS / 2, LABELS + (at + 0.5) * this.side);
    return found;
  }

  private cell(drawing: Drawing, row: number, column: number): SVGElement[] {
    const { value, strength, mark, signed } = drawing.look(row, column);
    const sort = Number.isNaN(value) ? "nan" : value < 0 ? "low" : "high";
    const rect = makeSvg("rect", { class: `heat__cell heat__cell--${sort} heat__cell--${mark}` });
    this.frame(rect, [row, column], 0.5);
    const percent = Number.isFinite(value) ? 100 * Math.min(1, strength) : 100;
    const shade = String(Math.round(mark === "wrong" && drawing.ticks ? Math.max(FAINT, percent) : percent));
    rect.style.setProperty("--heat", shade);
    const signs = this.signs(drawing, row, column, { value, strength, mark, signed });
    for (const sign of signs) sign.style.setProperty("--heat", Number.isNaN(value) ? "0" : shade);
    return [rect, ...signs];
  }

  /** What tells a cell's state without its colour: number, tick, corner, cross or arrow. */
  private signs(drawing: Drawing, row: number, column: number, { value, mark, signed }: Look): SVGElement[] {
    const side = this.side;
    const [x, y] = [LABELS + column * side, LABELS + row * side];
    const path = (name: string, d: string): SVGElement => makeSvg("path", { class: `heat__sign heat__sign--${name}`, d });
    const found: SVGElement[] = [];
    const ticked = drawing.ticks && mark === "right";
    if (ticked) {
      const [cx, cy, r] = [x + side / 2, y + side / 2, Math.min(side / 5, 6)];
      if (side >= TICKS_FROM) found.push(path("tick", `M${cx - r} ${cy}l${r * 0.7} ${r * 0.7}l${r * 1.3} ${-r * 1.4}`));
      else found.push(path("dot", `M${cx - 1} ${cy}a1 1 0 1 0 2 0a1 1 0 1 0 -2 0`));
    } else if (side >= WORDS_FROM) {
      const kind = mark === "idle" ? " heat__word--idle" : "";
      found.push(makeSvg("text", { class: `heat__word${kind}`, x: x + side / 2, y: y + side / 2 }, short(value, signed)));
    } else if (!Number.isFinite(value)) {
      const [m, n] = [side * 0.28, side * 0.72];
      if (Number.isNaN(value)) found.push(path("nan", `M${x + m} ${y + m}L${x + n} ${y + n}M${x + n} ${y + m}L${x + m} ${y + n}`));
      else found.push(path("infinite", value > 0 ? `M${x + m} ${y + n}H${x + n}L${x + side / 2} ${y + m}Z` : `M${x + m} ${y + m}H${x + n}L${x + side / 2} ${y + n}Z`));
    }
    // Among ticks or dots a small cell is known to be wrong by having none.
    if (mark === "wrong" && (side >= TICKS_FROM || !drawing.ticks)) {
      const corner = Math.min(9, side * 0.35);
      found.push(path("wrong", `M${x + side - 1 - corner} ${y + 1}h${corner}v${corner}Z`));
    }
    return found;
  }

  private firstRing({ first }: Drawing): SVGElement[] {
    if (!first) return [];
    const rings = ["heat__first-halo", "heat__first"].map((name) => makeSvg("rect", { class: name, rx: 2 }));
    for (const ring of rings) this.frame(ring, first, 1);
    return rings;
  }

  /** The border around the cells that feed, wherever the neighbour does not. */
  private outline({ rows, columns, look }: Drawing): SVGElement[] {
    const feeds = (row: number, column: number): boolean =>
      row >= 0 && column >= 0 && row < rows && column < columns && look(row, column).mark === "feeds";
    let d = "";
    const { side } = this;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        if (!feeds(row, column)) continue;
        const [x, y] = [LABELS + column * side, LABELS + row * side];
        if (!feeds(row - 1, column)) d += `M${x} ${y}h${side}`;
        if (!feeds(row + 1, column)) d += `M${x} ${y + side}h${side}`;
        if (!feeds(row, column - 1)) d += `M${x} ${y}v${side}`;
        if (!feeds(row, column + 1)) d += `M${x + side} ${y}v${side}`;
      }
    }
    return d ? [makeSvg("path", { class: "heat__feeds-halo", d }), makeSvg("path", { class: "heat__feeds", d })] : [];
  }
}
