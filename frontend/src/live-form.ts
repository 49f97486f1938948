// Run and Submit without leaving the page: the answer becomes a <live-submission> in the results pane.
import { make } from "./dom";
import type { SplitPanes } from "./elements/split-panes";

interface Answer {
  url?: string;
  events_url?: string;
  result_url?: string;
  error?: string;
  detail?: string;
  login_url?: string;
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const target = document.querySelector<HTMLElement>(form.dataset.liveTarget ?? "");
  if (!target) return form.submit();
  const buttons = [...form.querySelectorAll<HTMLButtonElement>("[data-editor-run], [data-editor-submit]")];
  for (const button of buttons) button.disabled = true;
  try {
    target.replaceChildren(await request(form, submitter));
  } finally {
    for (const button of buttons) button.disabled = false;
  }
  reveal(target);
}

/** What to show after the request: the live submission, or what went wrong and what to do. */
async function request(form: HTMLFormElement, submitter: HTMLElement | null): Promise<HTMLElement> {
  const body = new FormData(form);
  if (submitter instanceof HTMLButtonElement && submitter.name) body.set(submitter.name, submitter.value);
  let response: Response;
  try {
    const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
    response = await fetch(form.action, { method: "POST", body, headers });
  } catch {
    return notice("The server cannot be reached. Your code is kept in this browser; please try again.");
  }
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (response.ok && answer.events_url) return follow(answer);
  const problem = answer.error ?? answer.detail ?? `The server answered with status ${response.status}; please try again.`;
  return notice(problem, answer.login_url);
}

function follow(answer: Answer): HTMLElement {
  const element = document.createElement("live-submission");
  element.dataset.eventsUrl = answer.events_url;
  element.dataset.resultUrl = answer.result_url;
  element.dataset.state = "queued";
  if (answer.url) element.dataset.url = answer.url;
  return element;
}

function notice(text: string, loginUrl?: string): HTMLElement {
  const link = loginUrl ? make("p", {}, make("a", { class: "button button--small", href: loginUrl }, "Log in")) : null;
  return make("div", { class: "notice notice--bad", role: "alert" }, make("p", {}, text), link);
}

function reveal(target: HTMLElement): void {
  const pane = target.closest<HTMLElement>("[data-pane]");
  const split = pane?.closest("split-panes") as SplitPanes | null;
  if (pane) {
    split?.show(pane.dataset.pane ?? "");
    pane.scrollTop = 0;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || !form.matches("[data-live-form]")) return;
  event.preventDefault();
  void send(form, event.submitter);
});
