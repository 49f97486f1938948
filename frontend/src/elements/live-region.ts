import { announceContent, make } from "../dom";

const RETRY_SECONDS = 10;

/**
 * A part of a page that fetches itself anew: `data-url` answers with the fragment, whose first element says in
 * `data-refresh` after how many seconds to ask again; without it the fragment stays. Nothing is fetched while
 * the page is hidden, and what is being used (focus inside, an open dialogue) is not replaced.
 */
class LiveRegion extends HTMLElement {
  private timer = 0;
  private last = "";
  private lost = make("p", { class: "notice notice--warn", role: "status" }, "The connection is lost; what you see may be old.");
  private readonly seen = (): void => {
    if (!document.hidden) void this.refresh();
  };

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.seen);
    this.schedule(this.seconds());
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.seen);
    clearTimeout(this.timer);
  }

  private seconds(): number {
    return Number(this.querySelector<HTMLElement>("[data-refresh]")?.dataset.refresh ?? 0);
  }

  private schedule(seconds: number): void {
    clearTimeout(this.timer);
    if (seconds > 0) this.timer = window.setTimeout(() => void this.refresh(), seconds * 1000);
  }

  private async refresh(): Promise<void> {
    if (!this.seconds() || document.hidden) return;
    try {
      const response = await fetch(this.dataset.url ?? "", { headers: { "X-Requested-With": "fetch" } });
      if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
      const html = await response.text();
      this.lost.remove();
      if (!this.inUse()) this.insert(html);
      this.schedule(this.seconds());
    } catch {
      this.prepend(this.lost);
      this.schedule(RETRY_SECONDS);
    }
  }

  private inUse(): boolean {
    const focused = document.activeElement;
    return document.querySelector("dialog[open]") !== null || (focused !== null && focused !== this && this.contains(focused));
  }

  private insert(html: string): void {
    if (html === this.last) return;
    this.last = html;
    // The server's own markup; scripts in it would not run.
    const parsed = new DOMParser().parseFromString(html, "text/html");
    this.replaceChildren(...parsed.body.childNodes);
    announceContent(this);
  }
}

customElements.define("live-region", LiveRegion);
