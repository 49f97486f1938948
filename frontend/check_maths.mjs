// Typesets formulas with the built dist/maths.js, exactly as a browser would, and says which it cannot read.
// Reads a JSON list of [tex, isDisplay] on standard input, writes a JSON list of messages, "" where all is well.
// maths.js wants a page, so it gets a small one: elements that hold what KaTeX puts into them.
import { readFileSync } from "node:fs";
import vm from "node:vm";

class Node {
  children = [];
  attributes = {};
  style = {};
  className = "";
  title = "";
  text = "";

  get classList() {
    return {
      contains: (name) => this.className.split(" ").includes(name),
      add: (name) => { this.className = `${this.className} ${name}`.trim(); },
    };
  }
  get textContent() { return this.text + this.children.map((child) => child.textContent).join(""); }
  set textContent(text) { this.text = text; this.children = []; }
  setAttribute(name, value) { this.attributes[name] = value; }
  appendChild(child) { this.children.push(child); return child; }
}

function formula([tex, isDisplay]) {
  const node = new Node();
  node.className = `math math--${isDisplay ? "display" : "inline"}`;
  node.textContent = tex;
  return node;
}

const formulas = JSON.parse(readFileSync(0, "utf8")).map(formula);
const create = () => new Node();
const page = {
  compatMode: "CSS1Compat",
  querySelector: () => null,
  querySelectorAll: () => formulas,
  addEventListener: () => undefined,
  createElement: create,
  createElementNS: create,
  createDocumentFragment: create,
  createTextNode: (text) => { const node = new Node(); node.textContent = text; return node; },
};
const bundle = readFileSync(new URL("dist/maths.js", import.meta.url), "utf8");
vm.runInNewContext(bundle, { document: page, console });
if (!formulas.every((node) => node.classList.contains("math--done"))) throw new Error("maths.js left formulas undone");
process.stdout.write(JSON.stringify(formulas.map((node) => (node.classList.contains("math--bad") ? node.title : ""))));
