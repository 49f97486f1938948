import { announceContent, make } from "../dom";

interface Payload {
  position?: number;
  attempt?: number;
  case?: number;
  of?: number;
  name?: string;
  note?: string;
  verdict?: string;
  again?: boolean;
}

const KINDS = ["queued", "running", "case", "verdict", "finished"] as const;
const RETRY_SECONDS = [1, 2, 4, 8, 15];

/** The same words as in the template of a page that was loaded while waiting. */
function queuedText({ position = 0, again }: Payload): string {
  const ahead = position - 1;
  if (again) return "Queued again";
  if (ahead > 0) return `Queued: ${ahead} ${ahead === 1 ? "is" : "are"} ahead of yours`;
  return ahead === 0 ? "Queued: yours is next" : "Queued";
}

/** Follows one submission by server-sent events until its result can be shown in its place. */
class LiveSubmission extends HTMLElement {
  private source: EventSource | null = null;
  private failures = 0;
  private timer = 0;
  private status = make("p", { class: "live__status", role: "status", "data-live-status": true });
  private bar = make("progress", { class: "progress", "aria-label": "Progress" });
  private detail = make("p", { class: "live__case" }, "\u00a0");

  connectedCallback(): void {
    if (this.dataset.state === "finished" || !this.dataset.eventsUrl) return;
    this.status.textContent = this.querySelector("[data-live-status]")?.textContent ?? "Sent";
    this.replaceChildren(make("div", { class: "live" }, this.status, this.bar, this.detail));
    this.connect();
  }

  disconnectedCallback(): void {
    this.source?.close();
    clearTimeout(this.timer);
  }

  private connect(): void {
    const source = new EventSource(this.dataset.eventsUrl ?? "");
    this.source = source;
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => this.receive(kind, (event as MessageEvent<string>).data));
    }
    // The browser reconnects by itself after a broken connection, but not after a refused one.
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.retry();
    });
  }

  private retry(): void {
    const seconds = RETRY_SECONDS[this.failures];
    this.failures += 1;
    if (seconds === undefined) {
      const reload = make("a", { href: location.href }, "Reload the page");
      this.replaceChildren(
        make("p", { class: "notice notice--warn", role: "alert" }, "The connection is lost; grading goes on. ", reload, " to see the result."),
      );
      return;
    }
    this.detail.textContent = "Connection lost; trying again…";
    this.timer = window.setTimeout(() => this.connect(), seconds * 1000);
  }

  private receive(kind: (typeof KINDS)[number], data: string): void {
    this.failures = 0;
    const payload = JSON.parse(data || "{}") as Payload;
    this.dataset.state = kind;
    if (kind === "finished") void this.finish(payload);
    else this.show(kind, payload);
  }

  private show(kind: string, payload: Payload): void {
    if (kind === "case") return this.showCase(payload);
    const texts: Record<string, string> = {
      queued: queuedText(payload),
      running: "Running",
      verdict: "Accepted. Measuring how fast it is…", // only what is accepted is measured
    };
    this.status.textContent = texts[kind] ?? "Waiting";
    this.detail.textContent = payload.attempt && payload.attempt > 1 ? `Attempt ${payload.attempt}` : "\u00a0";
    this.bar.removeAttribute("value");
  }

  private showCase({ case: index = 0, of = 0, name = "", note = "" }: Payload): void {
    if (this.status.textContent !== "Running") this.status.textContent = "Running";
    this.detail.textContent = `Case ${index} of ${of}${name ? `: ${name}` : ""}${note ? `, ${note}` : ""}`;
    if (of > 0) {
      this.bar.max = of;
      this.bar.value = Math.max(0, index - 1);
    }
  }

  private async finish(payload: Payload): Promise<void> {
    this.source?.close();
    this.dataset.state = "finished";
    try {
      const response = await fetch(this.dataset.resultUrl ?? "", { headers: { "X-Requested-With": "fetch" } });
      if (!response.ok) throw new Error(`status ${response.status}`);
      this.insert(await response.text());
    } catch {
      this.source = null;
      this.dataset.state = "running";
      return this.retry();
    }
    const detail = { verdict: payload.verdict ?? "" };
    this.dispatchEvent(new CustomEvent("stride:finished", { bubbles: true, detail }));
  }

  private insert(html: string): void {
    // The server's own markup; scripts in it would not run.
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const title = parsed.querySelector("[data-verdict-title], .verdict__title")?.textContent?.trim();
    const said = make("p", { class: "visually-hidden", role: "status" });
    this.replaceChildren(said, ...parsed.body.childNodes);
    announceContent(this);
    // Screen readers speak a change of a region that already exists, not one that comes with its text.
    setTimeout(() => (said.textContent = title ? `Result: ${title}` : "The result is here."), 60);
  }
}

customElements.define("live-submission", LiveSubmission);
