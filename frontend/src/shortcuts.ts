// Single keys for what a page offers; its templates say what by data-key attributes (docs/frontend.md).
import { showDialog } from "./dialogs";
import { make, store } from "./dom";

interface Action {
  keys: string[];
  label: string;
  selector: string;
}

const ACTIONS: Action[] = [
  { keys: ["h"], label: "Next hint", selector: "[data-key-hint]" },
  { keys: ["Enter"], label: "Check the answer", selector: "[data-key-submit]" },
  { keys: ["n", "Enter"], label: "Go on", selector: "[data-key-next]" },
  { keys: ["p"], label: "Go back", selector: "[data-key-previous]" },
];

/** A choice made in this browser goes before the account's setting. */
function singleKeysOff(): boolean {
  return (store.get("stride-single-keys") ?? document.body.dataset.singleKeys) === "off";
}

function usable<T extends HTMLElement>(selector: string): T[] {
  return [...document.querySelectorAll<T>(selector)].filter(
    (element) => !element.matches(":disabled, [aria-disabled=true]") && element.checkVisibility({ visibilityProperty: true }),
  );
}

/** True where a key is text or already means something to the focused control. */
function belongsToField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog, [role=separator], .cm-editor")) return true;
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit"].includes(target.type);
  return target.matches("textarea, select");
}

function isOwnEnter(key: string, target: EventTarget | null): boolean {
  return key === "Enter" && target instanceof HTMLElement && target.closest("a, button, summary") !== null;
}

function activate(element: HTMLElement): void {
  element.click();
  if (element instanceof HTMLInputElement) element.focus();
}

function chooseOption(key: string): boolean {
  const place = /^[1-9]$/.test(key) ? Number(key) - 1 : /^[a-i]$/.test(key) ? key.charCodeAt(0) - 97 : -1;
  const option = usable<HTMLElement>("[data-key-choice]")[place];
  if (!option) return false;
  activate(option);
  return true;
}

function runAction(key: string): boolean {
  const own = usable<HTMLElement>("[data-key]").find((element) => element.dataset.key === key);
  const found = own ?? ACTIONS.filter((a) => a.keys.includes(key)).flatMap((a) => usable(a.selector))[0];
  if (found) activate(found);
  return found !== undefined;
}

function moveInList(key: string): boolean {
  const list = usable("[data-key-list]")[0];
  if (!list || (key !== "j" && key !== "k")) return false;
  const links = [...list.children].flatMap((child) => child.querySelector<HTMLElement>("a, button") ?? []);
  const at = links.findIndex((link) => link === document.activeElement);
  const next = key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
  links[next]?.focus();
  return links.length > 0;
}

function focusSearch(key: string): boolean {
  const search = key === "/" ? usable<HTMLInputElement>("[data-key-search]")[0] : undefined;
  search?.focus();
  search?.select();
  return search !== undefined;
}

function help(key: string): boolean {
  if (key === "?") openHelp();
  return key === "?";
}

/** [keys, what they do] of everything that works on this page now. */
function available(): [string[], string][] {
  const rows: [string[], string][] = [];
  const options = usable("[data-key-choice]").length;
  if (options) rows.push([["1", `${options}`], "Choose an option (letters work too)"]);
  for (const action of ACTIONS) {
    const element = usable(action.selector)[0];
    if (element) rows.push([action.keys, element.dataset.keyLabel ?? action.label]);
  }
  for (const element of usable("[data-key]")) {
    rows.push([[element.dataset.key ?? ""], element.dataset.keyLabel ?? element.textContent?.trim() ?? ""]);
  }
  if (usable("[data-key-search]").length) rows.push([["/"], "Search"]);
  if (usable("[data-key-list]").length) rows.push([["j", "k"], "Next and previous in the list"]);
  rows.push([["?"], "Show this list"]);
  if (document.querySelector("code-editor")) {
    rows.push([["Ctrl", "Enter"], "In the editor: submit"], [["Ctrl", "'"], "In the editor: run the visible cases"]);
    rows.push([["Esc", "Tab"], "Leave the editor"]);
  }
  return rows;
}

export function openHelp(): void {
  if (document.querySelector("dialog[open]")) return;
  const list = make("dl", { class: "shortcuts" });
  for (const [keys, label] of available()) {
    list.append(make("dt", {}, ...keys.map((key) => make("kbd", {}, key))), make("dd", {}, label));
  }
  const off = singleKeysOff();
  const note = off ? make("p", { class: "notice" }, "Single keys are turned off here.") : null;
  const change = make("button", { type: "button", class: "button button--quiet" }, `Turn single keys ${off ? "on" : "off"}`);
  const close = make("button", { type: "button", class: "button" }, "Close");
  const dialog = showDialog("Keyboard shortcuts", make("div", { class: "stack" }, note, list), [change, close]);
  close.addEventListener("click", () => dialog.close());
  change.addEventListener("click", () => {
    store.set("stride-single-keys", off ? "on" : "off");
    dialog.close();
  });
  close.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.isComposing || event.altKey) return;
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key === "Enter" && !(target as HTMLElement).closest?.(".cm-editor")) {
    if (runAction("Enter")) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || singleKeysOff()) return;
  if (belongsToField(target) || isOwnEnter(key, target)) return;
  const done = help(key) || focusSearch(key) || moveInList(key) || runAction(key) || chooseOption(key);
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-open-shortcuts]")) openHelp();
});
