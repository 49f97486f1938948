// TeX in elements of class `math` becomes typeset maths.
import katex from "katex";

/** Typeset every formula below `root` that is not typeset yet; TeX that cannot be read stays as text, marked. */
export function typeset(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>(".math:not(.math--done)")) {
    const tex = element.textContent ?? "";
    try {
      katex.render(tex, element, {
        displayMode: element.classList.contains("math--display"),
        maxExpand: 500, // hostile macros end here
        maxSize: 20,
        strict: false,
        trust: false,
      });
    } catch (error) {
      element.textContent = tex;
      element.classList.add("math--bad");
      element.title = error instanceof Error ? error.message : "This formula cannot be read.";
    }
    element.classList.add("math--done");
    // A wide formula scrolls in its own box; that box must be reachable by keyboard.
    if (element.classList.contains("math--display") && element.scrollWidth > element.clientWidth) element.tabIndex = 0;
  }
}
