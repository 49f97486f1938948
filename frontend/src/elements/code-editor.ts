import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { indentUnit } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { confirmDialog } from "../dialogs";
import { make } from "../dom";
import { type Conflict, Draft } from "../draft";
import { look } from "../highlight";

// Read while the script runs: afterwards the browser hides the nonce's origin.
const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";
const HELP = "Tab indents. Esc, then Tab, leaves the editor.";

/**
 * Typing over a selection: left to the browser, its own editing makes style attributes to keep the look of what it
 * deletes, and the content security policy reports them.
 */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const { data } = event;
  if (event.inputType !== "insertText" || !data || empty || event.isComposing || view.composing) return false;
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert));
  if (!handled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** CodeMirror over a textarea, with autosave; the textarea always holds the text, so that forms need not know. */
class CodeEditor extends HTMLElement {
  private view: EditorView | null = null;
  private textarea: HTMLTextAreaElement | null = null;
  private draft: Draft | null = null;

  connectedCallback(): void {
    this.textarea = this.querySelector<HTMLTextAreaElement>("textarea[name]");
    if (!this.textarea || this.view) return;
    const { slug = "code", draftUrl, revision } = this.dataset;
    const owner = document.body.dataset.user ?? "visitor";
    this.draft = new Draft(`stride-draft:${owner}:${slug}`, draftUrl, Number(revision ?? 0), {
      status: (text) => this.say(text),
      conflict: (other) => this.showConflict(other),
    });
    this.view = this.makeView(this.textarea);
    this.textarea.hidden = true;
    this.classList.add("editor--live");
    this.form()?.querySelector("[data-editor-reset]")?.addEventListener("click", () => void this.reset());
    this.restore();
  }

  get value(): string {
    return this.view?.state.doc.toString() ?? this.textarea?.value ?? "";
  }

  set value(text: string) {
    this.view?.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  private form(): HTMLFormElement | null {
    return this.closest("form");
  }

  private makeView(textarea: HTMLTextAreaElement): EditorView {
    const label = this.querySelector("label")?.textContent ?? "Code";
    const keys = Prec.highest(
      keymap.of([
        { key: "Mod-Enter", run: () => this.press("[data-editor-submit]") },
        { key: "Mod-'", run: () => this.press("[data-editor-run]") },
      ]),
    );
    const state = EditorState.create({
      doc: textarea.value,
      extensions: [
        keys, basicSetup, python(), look, keymap.of([indentWithTab]), indentUnit.of("    "),
        EditorState.tabSize.of(4), EditorState.readOnly.of(textarea.readOnly), EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": `${label}. ${HELP}`, autocapitalize: "off" }),
        EditorView.updateListener.of((update) => update.docChanged && this.changed()),
        EditorView.domEventHandlers({ focus: () => this.say(HELP), beforeinput: replaceSelection }),
      ],
    });
    return new EditorView({ state, parent: this });
  }

  private changed(): void {
    if (this.textarea) this.textarea.value = this.value;
    this.draft?.changed(this.value);
  }

  private press(selector: string): boolean {
    const form = this.form();
    const button = form?.querySelector<HTMLButtonElement>(selector);
    if (!form || !button || button.disabled) return false;
    form.requestSubmit(button);
    return true;
  }

  private say(text: string): void {
    const status = this.form()?.querySelector("[data-editor-status]");
    if (status) status.textContent = text;
  }

  private restore(): void {
    const server = this.value;
    const mine = this.draft?.unsaved(server);
    if (!mine) return;
    this.value = mine.source;
    if (!mine.conflicting) return this.say("Restored from this browser");
    this.offer("This browser has unsaved text, and the server has a newer one.", server, this.draft?.revision ?? 0);
  }

  private showConflict(other: Conflict): void {
    this.say("Not saved: changed elsewhere");
    this.offer("This solution was also changed in another tab or on another device.", other.source, other.revision);
  }

  private offer(text: string, theirs: string, revision: number): void {
    this.querySelector(".notice")?.remove();
    const keep = make("button", { type: "button", class: "button button--small" }, "Keep what I see");
    const take = make("button", { type: "button", class: "button button--small" }, "Load the other text");
    const notice = make(
      "div", { class: "notice notice--warn", role: "alert" }, make("p", {}, text), make("div", { class: "cluster" }, keep, take),
    );
    const settle = (source: string) => {
      notice.remove();
      this.draft?.settle(source, revision);
      if (source !== this.value) this.value = source;
      this.view?.focus();
    };
    keep.addEventListener("click", () => settle(this.value));
    take.addEventListener("click", () => settle(theirs));
    this.prepend(notice);
  }

  private async reset(): Promise<void> {
    const starter = this.querySelector<HTMLTextAreaElement>("textarea[data-starter]")?.value;
    if (starter === undefined || starter === this.value) return;
    if (!(await confirmDialog("Replace your text by the starter code? Ctrl+Z in the editor brings it back.", "Reset"))) return;
    this.value = starter;
    this.view?.focus();
  }
}

customElements.define("code-editor", CodeEditor);
