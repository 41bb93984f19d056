import language from '/status/language.js';

/** Takes over a task that a colleague has claimed: a button beside Claim, and a question for the reason. */
const ENGLISH = {
  takeOver: 'Take over',
  title: name => `Take over from ${name}`,
  explained: name => `The task becomes yours. ${name} is notified, and your reason is kept in the evidence.`,
  reason: 'Reason',
  cancel: 'Cancel',
  failed: 'The engine does not answer. Retry in a few seconds.'
};
const PORTUGUESE = {
  takeOver: 'Assumir de outra pessoa',
  title: name => `Assumir a tarefa de ${name}`,
  explained: name => `A tarefa passa a ser sua. ${name} recebe um aviso e o motivo fica no dossiê de evidências.`,
  reason: 'Motivo',
  cancel: 'Cancelar',
  failed: 'O motor não responde. Tente novamente em alguns segundos.'
};
const LOOK_EVERY = 5000;

const words = () => (language === 'pt' ? PORTUGUESE : ENGLISH);

const taskInSight = () => new URLSearchParams(location.hash.split('?')[1] || '').get('task');

const door = task => `/api/tasks/${encodeURIComponent(task)}/take-over`;

/** The session's token, as Tasklist itself sends it. */
const token = () => (document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/) || [])[1] || '';

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

async function colleague(task) {
  try {
    const answer = await fetch(door(task), { headers: { Accept: 'application/json' } });
    return answer.ok ? (await answer.json()).from : null;
  } catch {
    return null;
  }
}

/** @returns what went wrong, in words; nothing if the task is taken */
async function take(task, reason) {
  try {
    const answer = await fetch(door(task), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-XSRF-TOKEN': token() },
      body: JSON.stringify({ reason })
    });
    if (answer.ok) {
      return '';
    }
    const said = await answer.json().catch(() => ({}));
    return said.message || words().failed;
  } catch {
    return words().failed;
  }
}

function ask(task, from) {
  const say = words();
  const reason = element('textarea', { className: 'form-control', required: true, rows: 3, maxLength: 500 });
  const trouble = element('p', { className: 'text-danger' });
  trouble.setAttribute('role', 'alert');
  const yes = element('button', { type: 'submit', className: 'btn btn-primary', textContent: say.takeOver });
  const no = element('button', { type: 'button', className: 'btn btn-default', textContent: say.cancel });
  const form = element(
    'form',
    {},
    element('h4', { textContent: say.title(from) }),
    element('p', { textContent: say.explained(from) }),
    element('label', {}, say.reason, reason),
    trouble,
    element('p', {}, yes, ' ', no)
  );
  const dialog = element('dialog', { className: 'procedures-take-over' }, form);
  dialog.setAttribute('aria-label', say.title(from));
  no.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  form.addEventListener('submit', async event => {
    event.preventDefault();
    yes.disabled = true;
    trouble.textContent = await take(task, reason.value);
    yes.disabled = false;
    if (!trouble.textContent) {
      // Tasklist knows nothing of it: it reads the task anew.
      location.reload();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

let timer;

export default {
  id: 'procedures-take-over',
  pluginPoint: 'tasklist.task.action',
  priority: 90,
  render: container => {
    const button = element('button', { type: 'button', className: 'btn btn-link', hidden: true });
    button.append(element('span', { className: 'glyphicon glyphicon-transfer' }), ` ${words().takeOver}`);
    let seen = null;
    let from = null;
    const look = async () => {
      const task = taskInSight();
      if (task !== seen) {
        button.hidden = true;
      }
      seen = task;
      const found = task ? await colleague(task) : null;
      if (seen === task) {
        from = found;
        button.hidden = !found;
      }
    };
    button.addEventListener('click', () => ask(seen, from));
    container.append(button);
    window.addEventListener('hashchange', look);
    clearInterval(timer);
    timer = setInterval(look, LOOK_EVERY);
    look();
  },
  unmount: () => clearInterval(timer)
};
