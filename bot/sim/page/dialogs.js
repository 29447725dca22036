// The small dialogs: each asks for a few words and gives them back, or null.
import { $ } from './dom.js';

/** Ask with the dialog of this id; resolves to its fields, or null when cancelled. */
export function ask(id) {
  const dialog = $(id);
  const form = dialog.querySelector('form');
  return new Promise((resolve) => {
    const done = new AbortController();
    let fields = null;
    const { signal } = done;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      fields = Object.fromEntries(new FormData(form));
      dialog.close();
    }, { signal });
    form.querySelector('[data-cancel]').addEventListener('click', () => dialog.close(), { signal });
    dialog.addEventListener('close', () => { done.abort(); resolve(fields); }, { signal });
    dialog.showModal();
  });
}
