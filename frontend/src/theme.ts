// Runs in the head before anything is painted: the chosen theme, and that scripts work.
const root = document.documentElement;
root.classList.add("js");
try {
  const theme = localStorage.getItem("stride-theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
} catch {
  // Storage can be forbidden; the system's theme is then used.
}
// Pages wait for maths.ts before they show maths. If it never comes, the TeX itself is better than nothing.
setTimeout(() => root.classList.add("maths-late"), 2500);
