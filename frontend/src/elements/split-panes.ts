import { make, store } from "../dom";

const LIMITS = { x: [22, 70], y: [18, 85] } as const;
type Axis = keyof typeof LIMITS;

/** Panes with movable borders on a wide screen, tabs on a narrow one. */
class SplitPanes extends HTMLElement {
  private sizes: Record<Axis, number> = { x: 42, y: 62 };
  private tabs = make("div", { class: "split__tabs tabs", role: "tablist" });

  connectedCallback(): void {
    if (this.classList.contains("split--live")) return;
    this.load();
    this.append(this.bar("x", "Width of the statement"), this.bar("y", "Height of the code"));
    this.addTabs();
    this.classList.add("split--live");
    this.addEventListener("keydown", (event) => this.keyOnTab(event));
  }

  /** Show one pane where only one fits. */
  show(name: string): void {
    for (const pane of this.panes()) pane.toggleAttribute("data-shown", pane.dataset.pane === name);
    for (const tab of this.tabs.children) {
      const selected = (tab as HTMLElement).dataset.for === name;
      tab.setAttribute("aria-selected", String(selected));
      (tab as HTMLElement).tabIndex = selected ? 0 : -1;
    }
  }

  private panes(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(":scope > [data-pane]")];
  }

  private addTabs(): void {
    for (const pane of this.panes()) {
      const { pane: name = "", title = "" } = pane.dataset;
      pane.id ||= `pane-${name}`;
      const tab = make("button", { type: "button", role: "tab", "data-for": name, "aria-controls": pane.id }, title);
      tab.addEventListener("click", () => this.show(name));
      this.tabs.append(tab);
    }
    this.prepend(this.tabs);
    this.show(this.panes()[0]?.dataset.pane ?? "");
  }

  private keyOnTab(event: KeyboardEvent): void {
    const tabs = [...this.tabs.children] as HTMLElement[];
    const at = tabs.indexOf(event.target as HTMLElement);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (at < 0 || by === undefined) return;
    const next = tabs[(at + by + tabs.length) % tabs.length];
    this.show(next?.dataset.for ?? "");
    next?.focus();
  }

  private bar(axis: Axis, label: string): HTMLElement {
    const [low, high] = LIMITS[axis];
    const bar = make("div", {
      class: `split__bar split__bar--${axis}`, role: "separator", tabindex: "0", "aria-label": label,
      "aria-orientation": axis === "x" ? "vertical" : "horizontal",
      "aria-valuemin": `${low}`, "aria-valuemax": `${high}`, "aria-valuenow": `${Math.round(this.sizes[axis])}`,
    });
    bar.addEventListener("pointerdown", (event) => this.drag(bar, axis, event));
    bar.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.resize(bar, axis, this.sizes[axis] + by);
    });
    bar.addEventListener("dblclick", () => this.resize(bar, axis, axis === "x" ? 42 : 62));
    return bar;
  }

  private drag(bar: HTMLElement, axis: Axis, start: PointerEvent): void {
    start.preventDefault();
    bar.setPointerCapture(start.pointerId);
    const box = this.getBoundingClientRect();
    const move = (event: PointerEvent) => {
      const part = axis === "x" ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
      this.resize(bar, axis, part * 100);
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", move), { once: true });
  }

  private resize(bar: HTMLElement, axis: Axis, percent: number): void {
    const [low, high] = LIMITS[axis];
    this.sizes[axis] = Math.min(high, Math.max(low, percent));
    bar.setAttribute("aria-valuenow", `${Math.round(this.sizes[axis])}`);
    this.style.setProperty(`--split-${axis}`, `${this.sizes[axis]}%`);
    store.set(`stride-split:${this.dataset.name}`, JSON.stringify(this.sizes));
  }

  private load(): void {
    try {
      Object.assign(this.sizes, JSON.parse(store.get(`stride-split:${this.dataset.name}`) ?? "{}"));
    } catch {
      // A damaged entry: the defaults are fine.
    }
    for (const axis of ["x", "y"] as const) this.style.setProperty(`--split-${axis}`, `${Number(this.sizes[axis]) || 50}%`);
  }
}

customElements.define("split-panes", SplitPanes);
export type { SplitPanes };
