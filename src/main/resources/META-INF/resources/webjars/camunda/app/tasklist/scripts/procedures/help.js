import language from '/status/language.js';
import { say } from './words.js';

/** Ids in a form are made of the form's own name: fjs-form-0a2b3c4-review-plan-12, or without the number of the form. */
const NAME = /^fjs-form-(?:[01][a-z0-9]{6}-)?([a-z]+(?:-[a-z]+)*)-\d/;

export const helpPage = () => (language === 'pt' ? '/status/ajuda.html' : '/status/help.html');

function nameOf(form) {
  const named = [...form.querySelectorAll('[id^="fjs-form-"]')].map(one => NAME.exec(one.id)).find(Boolean);
  return named ? named[1] : null;
}

/** Above each form, the way to what is written about it. */
function offer() {
  document.querySelectorAll('.fjs-container').forEach(form => {
    const before = form.previousElementSibling;
    const name = nameOf(form);
    if (name && !before?.classList.contains('procedures-help')) {
      const link = document.createElement('a');
      link.href = `${helpPage()}#${name}`;
      link.target = '_blank';
      link.rel = 'noopener';
      link.textContent = say().help;
      const line = document.createElement('p');
      line.className = 'procedures-help';
      line.append(link);
      form.before(line);
    }
  });
}

new MutationObserver(offer).observe(document.body, { childList: true, subtree: true });
