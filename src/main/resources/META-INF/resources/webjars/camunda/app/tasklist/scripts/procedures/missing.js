import { say } from './words.js';

/** Where a form is sent off: a task's, and the dialog that starts a procedure. */
const BUTTON = '.task-card .form-actions .btn-primary, .modal-content .modal-footer .btn-primary';
const SETTLED_MILLIS = 200;
const MESSAGES = '.page-notifications .alert .close';

let shown = null;

const formOf = button => button.closest('.task-card, .modal-content')?.querySelector('.fjs-form');

function label(field) {
  const first = field.querySelector('label, legend, .fjs-form-field-label');
  const copy = first?.cloneNode(true);
  copy?.querySelectorAll('.fjs-asterix').forEach(mark => mark.remove());
  return copy?.textContent.trim() ?? '';
}

const wrong = form => [...form.querySelectorAll('.fjs-form-field.fjs-has-errors')];

/** The library writes its own English; its text node stays, or it would write beside ours. */
function translate(field) {
  field.querySelectorAll('.fjs-form-field-error li').forEach(({ firstChild }) => {
    if (firstChild && firstChild.data !== say().required) {
      firstChild.data = say().required;
    }
  });
}

const empty = field => {
  const inputs = [...field.querySelectorAll('input, textarea, select')];
  return inputs.every(one => (['radio', 'checkbox'].includes(one.type) ? !one.checked : !one.value));
};

/** What lacks is named beside the button, marked in the form, and the first of it is gone to. */
function name(form, place) {
  const fields = wrong(form);
  const missing = fields.filter(empty);
  // Whoever is about to write is not corrected at each letter.
  const refused = fields.filter(field => !missing.includes(field) && !field.contains(document.activeElement));
  const parts = [[say().missing, missing], [say().wrong, refused]]
    .filter(([, some]) => some.length)
    .map(([words, some]) => `${words} ${some.map(label).filter(Boolean).join(' · ')}`);
  if (!shown?.isConnected || shown.parentElement !== place) {
    shown?.remove();
    shown = document.createElement('p');
    shown.className = 'procedures-missing';
    shown.setAttribute('role', 'alert');
    place.prepend(shown);
  }
  if (shown.textContent !== parts.join(' — ')) {
    shown.textContent = parts.join(' — ');
  }
  missing.forEach(translate);
  return fields;
}

function forget() {
  shown?.remove();
  shown = null;
}

function goTo(field) {
  field.scrollIntoView({ block: 'center' });
  field.querySelector('input, textarea, select, [tabindex]')?.focus({ preventScroll: true });
}

/** Tasklist's message of such a case names nothing and says that an error happened: nothing was sent. */
function closeMessages() {
  document.querySelectorAll(MESSAGES).forEach(close => close.click());
}

document.addEventListener('click', event => {
  const button = event.target.closest?.(BUTTON);
  const form = button && formOf(button);
  if (!form) {
    return;
  }
  forget();
  setTimeout(() => {
    if (form.isConnected && wrong(form).length) {
      closeMessages();
      goTo(name(form, button.parentElement)[0]);
    }
  }, SETTLED_MILLIS);
}, true);

/** What was answered meanwhile is named no longer. */
function again() {
  if (!shown) {
    return;
  }
  setTimeout(() => {
    const form = shown?.isConnected ? formOf(shown) : null;
    if (form && wrong(form).length) {
      name(form, shown.parentElement);
    } else {
      forget();
    }
  }, SETTLED_MILLIS);
}

document.addEventListener('input', again, true);
document.addEventListener('change', again, true);
document.addEventListener('focusout', again, true);

const taskOf = url => new URLSearchParams(new URL(url).hash.split('?')[1]).get('task');

/** A message of one task says nothing about the next. */
window.addEventListener('hashchange', ({ oldURL, newURL }) => {
  if (taskOf(oldURL) !== taskOf(newURL)) {
    closeMessages();
    forget();
  }
});
