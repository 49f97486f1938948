// Modal dialogs: one to confirm, one to show something.
import { make } from "./dom";

/** Show a closable dialog; the promise ends when it is closed. */
export function showDialog(title: string, body: Node, actions: HTMLElement[] = []): HTMLDialogElement {
  const heading = make("h2", { class: "dialog__title", id: "dialog-title" }, title);
  const row = make("div", { class: "dialog__actions" }, ...actions);
  const dialog = make("dialog", { "aria-labelledby": "dialog-title" }, heading, body, row);
  if (actions.length === 0) row.append(closeButton(dialog, "Close"));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Ask before something that cannot be taken back. */
export function confirmDialog(question: string, action: string): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = make("button", { type: "button", class: "button" }, "Cancel");
    const go = make("button", { type: "button", class: "button button--danger" }, action);
    const dialog = showDialog("Please confirm", make("p", {}, question), [cancel, go]);
    cancel.addEventListener("click", () => dialog.close());
    go.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    cancel.focus();
  });
}

function closeButton(dialog: HTMLDialogElement, text: string): HTMLButtonElement {
  const button = make("button", { type: "button", class: "button" }, text);
  button.addEventListener("click", () => dialog.close());
  return button;
}
