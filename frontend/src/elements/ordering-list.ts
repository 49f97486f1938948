import { icon, make } from "../dom";

/** Items to put in order: by dragging, by buttons, by arrow keys on a button. Without scripts the number inputs do it. */
class OrderingList extends HTMLElement {
  private list: HTMLOListElement | null = null;
  private live = make("p", { class: "visually-hidden", role: "status" });
  private held: HTMLElement | null = null;

  connectedCallback(): void {
    this.list = this.querySelector("ol");
    if (!this.list || this.list.classList.contains("ordering--live")) return;
    if (this.querySelector("input:disabled")) return; // answered: nothing to move any more
    this.list.classList.add("ordering--live");
    this.sortByValues();
    for (const item of this.items()) this.enhance(item);
    this.append(this.live);
    this.list.addEventListener("pointerdown", (event) => this.grab(event));
    this.renumber();
  }

  private items(): HTMLElement[] {
    return [...(this.list?.querySelectorAll<HTMLElement>(":scope > li") ?? [])];
  }

  private place(item: HTMLElement): HTMLInputElement | null {
    return item.querySelector<HTMLInputElement>("input.ordering__place");
  }

  /** A page that comes back with an error shows the learner's own order. */
  private sortByValues(): void {
    const items = this.items();
    const value = (item: HTMLElement) => Number(this.place(item)?.value || Number.POSITIVE_INFINITY);
    this.list?.append(...items.toSorted((a, b) => value(a) - value(b)));
  }

  private enhance(item: HTMLElement): void {
    const text = item.querySelector(".ordering__text")?.textContent?.trim() ?? "item";
    const up = this.moveButton("up", `Move up: ${text}`, item, -1);
    const down = this.moveButton("down", `Move down: ${text}`, item, 1);
    item.prepend(make("span", { class: "ordering__number", "aria-hidden": "true" }));
    item.append(make("span", { class: "ordering__buttons" }, up, down));
  }

  private moveButton(name: "up" | "down", label: string, item: HTMLElement, by: number): HTMLButtonElement {
    const button = make("button", { type: "button", class: "icon-button", "aria-label": label }, icon(name));
    button.addEventListener("click", () => this.move(item, by, button));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.move(item, step, button);
    });
    return button;
  }

  private move(item: HTMLElement, by: number, focus: HTMLElement): void {
    const items = this.items();
    const to = items.indexOf(item) + by;
    const other = items[to];
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    this.renumber();
    focus.focus();
    this.live.textContent = `Now place ${to + 1} of ${items.length}.`;
  }

  private grab(event: PointerEvent): void {
    const item = (event.target as Element).closest<HTMLElement>("li");
    if (!item || !this.list || event.button !== 0 || (event.target as Element).closest("button, a")) return;
    event.preventDefault();
    this.held = item;
    item.classList.add("ordering__item--held");
    item.setPointerCapture(event.pointerId);
    const move = (e: PointerEvent) => this.drag(e);
    const end = () => {
      item.removeEventListener("pointermove", move);
      item.classList.remove("ordering__item--held");
      this.held = null;
      this.renumber();
    };
    item.addEventListener("pointermove", move);
    item.addEventListener("lostpointercapture", end, { once: true });
  }

  private drag(event: PointerEvent): void {
    const { held } = this;
    if (!held) return;
    for (const other of this.items()) {
      if (other === held) continue;
      const box = other.getBoundingClientRect();
      const middle = box.top + box.height / 2;
      const before = Boolean(held.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);
      if (before && event.clientY < middle) return this.putBeside(held, other, "before", event.pointerId);
      if (!before && event.clientY > middle && event.clientY < box.bottom + box.height) {
        this.putBeside(held, other, "after", event.pointerId);
      }
    }
  }

  private putBeside(held: HTMLElement, other: HTMLElement, where: "before" | "after", pointer: number): void {
    // Moving the neighbour instead of the held item keeps the pointer capture.
    if (where === "before") held.after(...this.between(other, held));
    else held.before(...this.between(held, other));
    if (!held.hasPointerCapture(pointer)) held.setPointerCapture(pointer);
    this.renumber();
  }

  /** The items from `first` to `last`, without the held one, in order. */
  private between(first: HTMLElement, last: HTMLElement): HTMLElement[] {
    const items = this.items();
    return items.slice(items.indexOf(first), items.indexOf(last) + 1).filter((item) => item !== this.held);
  }

  private renumber(): void {
    this.items().forEach((item, index) => {
      const place = this.place(item);
      if (place) place.value = String(index + 1);
      const number = item.querySelector(".ordering__number");
      if (number) number.textContent = String(index + 1);
    });
  }
}

customElements.define("ordering-list", OrderingList);
