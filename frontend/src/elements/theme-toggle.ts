import { icon, make, store } from "../dom";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const ICON = { system: "monitor", light: "sun", dark: "moon" } as const;

/** A button that goes from the system's theme to light to dark and round again; the choice is kept. */
class ThemeToggle extends HTMLElement {
  private button = make("button", { type: "button", class: "icon-button" });

  connectedCallback(): void {
    this.replaceChildren(this.button);
    this.button.addEventListener("click", () => this.choose(this.next()));
    window.addEventListener("storage", (event) => {
      if (event.key === "stride-theme") apply(current());
      this.show();
    });
    this.show();
  }

  private next(): Theme {
    return THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? "system";
  }

  private choose(theme: Theme): void {
    if (theme === "system") store.remove("stride-theme");
    else store.set("stride-theme", theme);
    apply(theme);
    this.show(theme);
  }

  private show(theme: Theme = current()): void {
    const label = `Colours: ${theme}. Change to ${THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]}.`;
    this.button.replaceChildren(icon(ICON[theme]));
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
  }
}

function current(): Theme {
  const stored = store.get("stride-theme");
  return stored === "light" || stored === "dark" ? stored : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

customElements.define("theme-toggle", ThemeToggle);
