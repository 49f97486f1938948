// Copy buttons: on every code block, and on anything with data-copy.
import { make } from "./dom";

async function copy(text: string, button: HTMLElement): Promise<void> {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl+C"; // no permission, or no secure connection
  }
  setTimeout(() => (button.textContent = label), 1600);
}

function addButtons(root: ParentNode): void {
  for (const block of root.querySelectorAll<HTMLElement>("figure.code")) {
    if (block.querySelector(".code__copy")) continue;
    const button = make("button", { type: "button", class: "code__copy", "aria-label": "Copy this code" }, "Copy");
    button.addEventListener("click", () => void copy(block.querySelector("pre")?.textContent ?? "", button));
    block.append(button);
  }
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
  const source = button && document.querySelector<HTMLElement>(button.dataset.copy ?? "");
  if (source) void copy("value" in source ? String(source.value) : (source.textContent ?? ""), button);
});
document.addEventListener("stride:content", (event) => addButtons(event.target as Element));
addButtons(document);
