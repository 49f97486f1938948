// Typesets the page's maths before the page is shown, so that nothing moves afterwards.
import { typeset } from "./typeset";

async function start(): Promise<void> {
  const waiting = document.querySelector(".math:not(.math--done)") !== null;
  typeset(document);
  if (!waiting) return;
  // While .math--done is missing somewhere the page is hidden; hold that until KaTeX's fonts are there too.
  const veil = hold();
  await Promise.race([document.fonts.ready, new Promise((resolve) => setTimeout(resolve, 1200))]);
  veil.remove();
  document.querySelector<HTMLElement>("[autofocus]")?.focus({ preventScroll: true });
  if (location.hash.length > 1) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

/** An empty formula that keeps the page hidden (see base.css) until it is removed. */
function hold(): HTMLElement {
  const veil = document.createElement("span");
  veil.className = "math";
  veil.hidden = true;
  document.body.append(veil);
  return veil;
}

document.addEventListener("stride:content", (event) => typeset(event.target as Element));
void start();
