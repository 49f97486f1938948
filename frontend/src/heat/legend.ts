// What colours and marks mean, with numbers.
import { make, makeSvg } from "../dom";
import { worded } from "./data";

const SAMPLES: Record<string, string> = {
  tick: "M3 8l3.2 3.2L13 4.5",
  dot: "M6.5 8a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0",
  corner: "M7 2h7v7Z",
  ring: "M2.5 2.5h11v11h-11Z",
  nan: "M4 4l8 8M12 4l-8 8",
  infinite: "M3 13h10L8 4Z",
};

/** A bar from the lowest over zero to the highest, with words below its ends. */
export function bar(scale: number, low: string, high: string): HTMLElement {
  const svg = makeSvg("svg", { class: "heat__bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  for (let step = 0; step < 50; step += 1) {
    const part = (step - 24.5) / 24.5;
    const rect = makeSvg("rect", { class: `heat__cell heat__cell--${part < 0 ? "low" : "high"}`, x: 2 * step, y: 0, width: 2.2, height: 10 });
    rect.style.setProperty("--heat", String(Math.round(100 * Math.abs(part))));
    svg.append(rect);
  }
  const end = (value: number, text: string): HTMLElement => make("span", {}, make("strong", {}, worded(value, true)), text && ` ${text}`);
  return make("div", { class: "heat__scale" }, svg,
    make("div", { class: "heat__ends" }, end(-scale, low), make("span", {}, make("strong", {}, "0")), end(scale, high)));
}

/** A mark and its meaning. */
export function sample(name: string, text: string): HTMLElement {
  const svg = makeSvg("svg", { class: `heat__sample heat__sample--${name}`, viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" });
  svg.append(makeSvg("path", { d: SAMPLES[name] ?? "" }));
  return make("li", {}, svg, text);
}
