// Keeps a learner's text: at once in this browser, shortly after on the server.
import { csrfToken, store } from "./dom";

interface Kept {
  source: string;
  revision: number; // the server's revision that this text goes on from
  saved: boolean;
}

export interface Conflict {
  source: string;
  revision: number;
}

export interface DraftEvents {
  status(text: string): void;
  conflict(other: Conflict): void;
}

const DELAY = 1500;

export class Draft {
  private timer = 0;
  private sending = false;
  private source = "";

  constructor(
    private readonly key: string,
    private readonly url: string | undefined,
    public revision: number,
    private readonly events: DraftEvents,
  ) {
    addEventListener("pagehide", () => this.flush());
  }

  /** Text of this browser that the server does not have; `conflicting` when the server has moved on since. */
  unsaved(serverSource: string): { source: string; conflicting: boolean } | null {
    const kept = parse(store.get(this.key));
    if (!kept || kept.source === serverSource || (this.url && kept.saved)) return null;
    return { source: kept.source, conflicting: this.url !== undefined && kept.revision !== this.revision };
  }

  changed(source: string): void {
    this.source = source;
    this.keep(false);
    this.events.status(this.url ? "Saving…" : "Kept in this browser");
    if (!this.url) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), DELAY);
  }

  /** Go on from the other tab's revision, with our own text or with theirs. */
  settle(source: string, revision: number): void {
    this.revision = revision;
    this.changed(source);
  }

  private keep(saved: boolean): void {
    store.set(this.key, JSON.stringify({ source: this.source, revision: this.revision, saved } satisfies Kept));
  }

  private flush(): void {
    if (!this.timer || !this.url) return;
    clearTimeout(this.timer);
    this.timer = 0;
    void this.request(true).catch(() => undefined); // the browser's copy is there in any case
  }

  private request(keepalive = false): Promise<Response> {
    return fetch(this.url ?? "", {
      method: "PUT",
      keepalive,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ source: this.source, revision: this.revision }),
    });
  }

  private async send(): Promise<void> {
    if (this.sending) {
      this.timer = window.setTimeout(() => void this.send(), DELAY);
      return;
    }
    this.timer = 0;
    this.sending = true;
    const sent = this.source;
    try {
      await this.answer(await this.request(), sent);
    } catch {
      this.events.status("Offline: kept in this browser");
    } finally {
      this.sending = false;
    }
  }

  private async answer(response: Response, sent: string): Promise<void> {
    if (response.status === 409) {
      this.events.conflict((await response.json()) as Conflict);
      return;
    }
    if (!response.ok) {
      this.events.status(await problem(response));
      return;
    }
    this.revision = ((await response.json()) as { revision: number }).revision;
    if (sent !== this.source) return; // typed on meanwhile: the next request is on its way
    this.keep(true);
    this.events.status("Saved");
  }
}

async function problem(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { error?: string; detail?: string };
  return `Not saved on the server: ${body.error ?? body.detail ?? `status ${response.status}`}`;
}

function parse(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? "null") as Kept | null;
    return kept && typeof kept.source === "string" ? kept : null;
  } catch {
    return null;
  }
}
