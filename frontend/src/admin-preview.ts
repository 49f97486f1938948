// Live preview of Markdown and LaTeX beside the admin's text areas.
import { csrfToken, make } from "./dom";
import { typeset } from "./typeset";

const DELAY = 350;

class Preview {
  private timer = 0;
  private asked = 0;
  private readonly body = make("div", { class: "prose" });
  private readonly pane = make(
    "section", { class: "stride-preview", "aria-label": "Preview" }, make("p", { class: "stride-preview__label" }, "Preview"), this.body,
  );

  constructor(private readonly textarea: HTMLTextAreaElement) {
    textarea.after(this.pane);
    textarea.addEventListener("input", () => this.soon());
    for (const [, other] of this.others()) other.addEventListener("input", () => this.soon());
    void this.update();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.update(), DELAY);
  }

  private async update(): Promise<void> {
    this.pane.hidden = this.textarea.value.trim() === "";
    if (this.pane.hidden) return;
    this.asked += 1;
    const ticket = this.asked;
    try {
      const html = await this.ask();
      if (ticket === this.asked) this.show(html); // answers may overtake each other
    } catch (error) {
      this.fail(error instanceof Error ? error.message : "The preview cannot be loaded.");
    }
  }

  /** The fields named in data-preview-with, e.g. the numbers that the text inserts. */
  private others(): [string, HTMLTextAreaElement][] {
    const names = (this.textarea.dataset.previewWith ?? "").split(" ").filter(Boolean);
    const found = names.map((name) => [name, this.textarea.form?.elements.namedItem(name)] as const);
    return found.filter((pair): pair is [string, HTMLTextAreaElement] => pair[1] instanceof HTMLTextAreaElement);
  }

  private async ask(): Promise<string> {
    const body = new URLSearchParams({ text: this.textarea.value });
    for (const [name, other] of this.others()) body.set(name, other.value);
    const headers = { "X-CSRFToken": csrfToken() };
    const response = await fetch(this.textarea.dataset.previewUrl ?? "", { method: "POST", body, headers });
    if (!response.ok) throw new Error(`The preview answered with status ${response.status}.`);
    return response.text();
  }

  private show(html: string): void {
    this.pane.classList.remove("stride-preview--failed");
    this.body.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    typeset(this.body);
  }

  private fail(message: string): void {
    this.pane.classList.add("stride-preview--failed");
    this.body.replaceChildren(message);
  }
}

for (const textarea of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-preview-url]")) {
  new Preview(textarea);
}
