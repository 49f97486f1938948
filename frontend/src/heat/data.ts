// What a report holds of a wrong array (grader/heat.py), and how a window of an array is looked up.

export type Entry = number | "nan" | "inf" | "-inf";

/** The part of an array that came with the report, and where in the array that is. */
export interface Part {
  shape: number[];
  start: number[];
  size: number[];
  first: number[];
}

export interface WrongArray extends Part {
  expected: Entry[];
  actual: Entry[];
  difference: Entry[];
  wrong: string;
}

export interface Argument extends Part {
  name: string;
  values: Entry[];
  feeds: string;
  count: number;
}

export interface Drawn {
  map: WrongArray;
  feeding: Argument[];
}

export function numberOf(entry: Entry | undefined): number {
  if (typeof entry === "number") return entry;
  return entry === "inf" ? Infinity : entry === "-inf" ? -Infinity : NaN;
}

/** A place within the kept part: which slice, row and column, all counted from its start. */
export interface Place {
  slice: number[];
  row: number;
  column: number;
}

/** An array as slices of rows and columns; one of a single axis is one row. */
export class Slices {
  readonly leading: number;
  readonly rows: number;
  readonly columns: number;

  constructor(readonly part: Part) {
    const { size } = part;
    this.leading = Math.max(0, size.length - 2);
    this.columns = size.at(-1) ?? 1;
    this.rows = size.length > 1 ? (size.at(-2) ?? 1) : 1;
  }

  /** Where in the kept entries this place is. */
  offset({ slice, row, column }: Place): number {
    const before = slice.reduce((total, at, axis) => total * (this.part.size[axis] ?? 1) + at, 0);
    return (before * this.rows + row) * this.columns + column;
  }

  /** The index in the whole array. */
  index({ slice, row, column }: Place): number[] {
    const inner = this.part.size.length > 1 ? [row, column] : [column];
    return [...slice, ...inner].map((at, axis) => at + (this.part.start[axis] ?? 0));
  }

  get first(): Place {
    const at = this.part.first.map((index, axis) => index - (this.part.start[axis] ?? 0));
    return { slice: at.slice(0, this.leading), row: at.at(-2) ?? 0, column: at.at(-1) ?? 0 };
  }

  /** Whether some of the array was left out. */
  get isCut(): boolean {
    return this.part.size.some((size, axis) => size !== this.part.shape[axis]);
  }

  /** What was kept, in words: "3 to 66 of axis 2 (which has 0 to 223)". */
  get kept(): string {
    const { shape, start, size } = this.part;
    const cut = size.flatMap((length, axis) => {
      const from = start[axis] ?? 0;
      const kept = length === 1 ? `${from}` : `${from} to ${from + length - 1}`;
      return length === shape[axis] ? [] : [`${kept} of axis ${axis} (which has 0 to ${(shape[axis] ?? 1) - 1})`];
    });
    return cut.join(" and ");
  }

  /** How many of this slice's marks are set. */
  count(marks: string, slice: number[]): number {
    const from = this.offset({ slice, row: 0, column: 0 });
    return [...marks.slice(from, from + this.rows * this.columns)].filter((mark) => mark === "1").length;
  }
}

export const sameSlice = (one: number[], other: number[]): boolean => one.every((at, axis) => at === other[axis]);

const WEIGHTS = /^(w\d*|k|f|kernels?|weights?|filters?|dw|w_.*)$/i;

/** What the axes before the rows are called: by convention where there are four in all. */
export function axisNames(axes: number, name = ""): string[] {
  if (axes === 4) return [WEIGHTS.test(name) ? "filter" : "image", "channel"];
  return Array.from({ length: Math.max(0, axes - 2) }, (_, axis) => `axis ${axis}:`);
}

/** The largest of the finite magnitudes, 0 where there are none. */
export function largest(...lists: Entry[][]): number {
  let found = 0;
  for (const list of lists) {
    for (const entry of list) {
      const size = Math.abs(numberOf(entry));
      if (size > found && Number.isFinite(size)) found = size;
    }
  }
  return found;
}

/** A number with a real minus sign and up to six digits; with `sign`, positive ones have a plus. */
export function worded(value: number, sign = false): string {
  if (Number.isNaN(value)) return "NaN";
  const plus = sign && value > 0 ? "+" : value < 0 ? "−" : "";
  if (!Number.isFinite(value)) return `${plus}∞`;
  return plus + tidy(Math.abs(value), 6);
}

/** As much of a number as fits into a cell: about five characters. */
export function short(value: number, sign = false): string {
  if (!Number.isFinite(value)) return worded(value, sign);
  const plus = sign && value > 0 ? "+" : value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 9999.5 || size < 0.00995)) return plus + size.toExponential(0).replace("+", "").replace("-", "−");
  const text = tidy(size, size >= 1000 ? 4 : 3);
  return plus + (text.length > 5 ? tidy(size, 2) : text);
}

function tidy(size: number, digits: number): string {
  return String(Number(size.toPrecision(digits))).replace("e+", "e").replace("e-", "e−");
}
