// `data-confirm="Delete this?"` on a form or a submit button asks first.
import { confirmDialog } from "./dialogs";

const agreed = new WeakSet<Event | HTMLFormElement>();

async function ask(form: HTMLFormElement, submitter: HTMLElement | null, question: string): Promise<void> {
  const source = submitter?.dataset.confirm ? submitter : form;
  if (!(await confirmDialog(question, source.dataset.confirmAction ?? "Yes"))) return;
  agreed.add(form);
  form.requestSubmit(submitter instanceof HTMLButtonElement ? submitter : null);
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void ask(form, event.submitter, question);
  },
  { capture: true },
);
