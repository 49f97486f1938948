import { make } from "../dom";
import { Chart } from "../heat/chart";
import { axisNames, largest, numberOf, Slices, worded, type Argument, type Drawn, type Entry, type Place } from "../heat/data";
import type { Look } from "../heat/grid";
import { bar, sample } from "../heat/legend";

const VIEWS = { difference: "Difference", expected: "Expected", actual: "Yours" } as const;
type View = keyof typeof VIEWS;
const SIDE = 46;
const ARGUMENT_SIDE = 38;

/**
 * A wrong array of a case as a heat map, beside it what feeds its first wrong cell. The data is the JSON script inside;
 * drawn when the case is unfolded, as most never are.
 */
class HeatMap extends HTMLElement {
  private drawn: Drawn | null = null;
  private view: View = "difference";
  private chart: Chart | null = null;
  private legend = make("div", { class: "heat__legend" });

  connectedCallback(): void {
    const data = this.querySelector("script")?.textContent;
    if (!data || this.drawn) return;
    this.drawn = JSON.parse(data) as Drawn;
    const fold = this.closest("details");
    if (!fold || fold.open) this.build(this.drawn);
    else fold.addEventListener("toggle", () => this.drawn && this.build(this.drawn), { once: true });
  }

  private build({ map, feeding }: Drawn): void {
    const slices = new Slices(map);
    const names = axisNames(map.shape.length, this.like(map.shape, feeding));
    const note = slices.isCut ? make("p", { class: "heat__note" }, `The array is large. Shown is the part around the first wrong cell: ${slices.kept}.`) : null;
    this.chart = new Chart({
      slices, axes: names, largestSide: SIDE, ring: true,
      label: () => `Heat map: ${VIEWS[this.view].toLowerCase()}`,
      ticks: () => this.view === "difference",
      look: (place) => this.look(slices, place),
      tell: (place) => this.tell(slices, place),
      drawn: (fine) => this.explain(fine),
      about: (slice) => {
        const wrong = slices.count(map.wrong, slice);
        return `${wrong} of ${slices.rows * slices.columns} cells ${map.size.length > 2 ? "here " : ""}${wrong === 1 ? "is" : "are"} wrong`;
      },
    });
    const home = make("button", { type: "button", class: "button button--small" }, "First wrong cell");
    home.addEventListener("click", () => this.chart?.home());
    const main = make("section", { class: "heat__main", "aria-label": "Heat map" },
      make("div", { class: "heat__head" }, this.switcher(), home), this.chart.element, this.legend, note);
    this.classList.add("heat--live");
    this.replaceChildren(main, ...(feeding.length ? [this.feeders(feeding, map.first)] : []));
    this.chart.draw();
  }

  /** The name of the weights where the wrong array has their shape: then it holds their gradient. */
  private like(shape: number[], feeding: Argument[]): string {
    return feeding.find((argument) => argument.shape.join() === shape.join())?.name ?? "";
  }

  private switcher(): HTMLElement {
    const group = make("div", { class: "heat__views", role: "group", "aria-label": "What is shown" });
    for (const [view, text] of Object.entries(VIEWS)) {
      const button = make("button", { type: "button", class: "heat__view", "aria-pressed": String(view === this.view) }, text);
      button.addEventListener("click", () => {
        this.view = view as View;
        for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
        this.chart?.draw();
      });
      group.append(button);
    }
    return group;
  }

  /** What full colour stands for. A single huge result must not make all the others pale. */
  private scale(): number {
    if (!this.drawn) return 1;
    const { difference, expected, actual } = this.drawn.map;
    const found = this.view === "difference" ? largest(difference) : largest(expected) || largest(actual);
    return found || 1;
  }

  private look(slices: Slices, place: Place): Look {
    const map = (this.drawn as Drawn).map;
    const at = slices.offset(place);
    const value = numberOf(map[this.view][at]);
    const mark = map.wrong[at] === "1" ? "wrong" : "right";
    return { value, strength: Math.abs(value) / this.scale(), mark, signed: this.view === "difference" };
  }

  private tell(slices: Slices, place: Place): string {
    const map = (this.drawn as Drawn).map;
    const at = slices.offset(place);
    const [actual, expected, difference] = [map.actual[at], map.expected[at], map.difference[at]].map(numberOf) as [number, number, number];
    const verdict = map.wrong[at] === "1" ? "wrong" : "right";
    const rest = Number.isNaN(difference) ? "" : `, difference ${worded(difference, true)}`;
    return `[${slices.index(place).join(", ")}] ${verdict}: yours ${worded(actual)}, expected ${worded(expected)}${rest}`;
  }

  private explain(fine: boolean): void {
    const map = (this.drawn as Drawn).map;
    const differing = this.view === "difference";
    const strange = new Set<Entry>([...map.actual, ...map.expected].filter((entry) => typeof entry !== "number"));
    this.legend.replaceChildren(
      bar(this.scale(), differing ? "too low" : "", differing ? "too high" : ""),
      make("ul", { class: "heat__samples" },
        differing && map.wrong.includes("0") ? sample(fine ? "dot" : "tick", "right, within tolerance") : null,
        differing && fine ? null : sample("corner", "wrong"), sample("ring", "first wrong cell"),
        strange.has("nan") ? sample("nan", "NaN") : null,
        strange.has("inf") || strange.has("-inf") ? sample("infinite", "infinite") : null),
    );
  }

  private feeders(feeding: Argument[], first: number[]): HTMLElement {
    const charts: { chart: Chart; slices: Slices }[] = [];
    const figures = feeding.map((argument) => {
      const slices = new Slices(argument);
      // Channels of the input and of the weights belong together.
      const moved = (axis: number, at: number): void => {
        for (const other of charts) {
          const same = other.slices !== slices && axis === 1 && argument.shape.length === 4 && other.slices.part.shape.length === 4;
          if (same && other.slices.part.shape[1] === argument.shape[1]) other.chart.follow(axis, at);
        }
      };
      const chart = new Chart(this.argumentOptions(argument, slices, moved));
      charts.push({ chart, slices });
      const caption = make("figcaption", { class: "heat__caption" }, make("code", {}, argument.name), `: ${argument.count} of ${total(argument.shape)} entries`);
      const note = slices.isCut ? make("p", { class: "heat__note" }, `Shown: ${slices.kept}.`) : null;
      return make("figure", { class: "heat__argument" }, caption, chart.element, note);
    });
    return make("section", { class: "heat__feeders", "aria-label": "What feeds the first wrong cell" },
      make("p", { class: "heat__title" }, "What feeds ", make("code", {}, `[${first.join(", ")}]`)),
      make("p", { class: "heat__note" }, "Outlined: the entries that the right value of this cell depends on."),
      make("div", { class: "heat__arguments" }, ...figures));
  }

  private argumentOptions(argument: Argument, slices: Slices, moved: (axis: number, at: number) => void) {
    const scale = largest(argument.values) || 1;
    const feeds = (place: Place): boolean => argument.feeds[slices.offset(place)] === "1";
    return {
      slices, moved, largestSide: ARGUMENT_SIDE, ring: false,
      axes: axisNames(argument.shape.length, argument.name),
      label: () => `Argument ${argument.name}`,
      ticks: () => false,
      look: (place: Place): Look => {
        const value = numberOf(argument.values[slices.offset(place)]);
        return { value, strength: Math.abs(value) / scale, mark: feeds(place) ? "feeds" : "idle", signed: false };
      },
      tell: (place: Place): string => {
        const value = worded(numberOf(argument.values[slices.offset(place)]));
        return `${argument.name}[${slices.index(place).join(", ")}] is ${value}${feeds(place) ? ", feeds the cell" : ""}`;
      },
      about: (slice: number[]): string => (slice.length ? `${slices.count(argument.feeds, slice)} outlined here` : ""),
    };
  }
}

const total = (shape: number[]): number => shape.reduce((product, size) => product * size, 1);

customElements.define("heat-map", HeatMap);
