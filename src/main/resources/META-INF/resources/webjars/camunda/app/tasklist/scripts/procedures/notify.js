import { say } from './words.js';

const WISH = 'procedures.notify';
const KNOWN = 'procedures.notified';
const PACE_MILLIS = 10000;

const possible = 'Notification' in window;
const wished = () => possible && localStorage.getItem(WISH) === 'on' && Notification.permission === 'granted';

/** Several windows share what was told: one task, one notification. */
function unheard(tasks) {
  const before = JSON.parse(localStorage.getItem(KNOWN) ?? 'null');
  localStorage.setItem(KNOWN, JSON.stringify(tasks.map(task => task.id)));
  return before === null ? [] : tasks.filter(task => !before.includes(task.id));
}

function show(task) {
  const notification = new Notification(say().opened, { body: task.name, tag: task.id });
  notification.onclick = () => {
    window.focus();
    window.location.href = `/camunda/app/tasklist/default/#/?task=${encodeURIComponent(task.id)}`;
    notification.close();
  };
}

async function look() {
  const answer = await fetch('/api/status', { cache: 'no-store' });
  if (!answer.ok) {
    return;
  }
  const { person, roles, clusters } = await answer.json();
  const mine = clusters.flatMap(cluster => cluster.tasks).filter(task => (task.assignee
    ? task.assignee === person : task.groups.some(group => roles.includes(group))));
  unheard(mine).forEach(show);
}

async function watch() {
  for (;;) {
    if (wished()) {
      await look().catch(() => {});
    }
    await new Promise(next => setTimeout(next, PACE_MILLIS));
  }
}

function label(button) {
  button.textContent = wished() ? say().notifying : say().notify;
  button.title = wished() ? say().notifyingHelp : say().notifyHelp;
  button.setAttribute('aria-pressed', String(wished()));
}

async function toggle(button) {
  if (wished()) {
    localStorage.setItem(WISH, 'off');
  } else if (await Notification.requestPermission() === 'granted') {
    localStorage.setItem(WISH, 'on');
    localStorage.removeItem(KNOWN);
    await look().catch(() => {});
  } else {
    window.alert(say().refused);
  }
  label(button);
}

/** Who wants it is told by the browser when a task opens for him. */
export default {
  id: 'procedures-notify',
  pluginPoint: 'tasklist.navbar.action',
  priority: 290,
  render: container => {
    if (!possible) {
      return;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'procedures-notify';
    label(button);
    button.addEventListener('click', () => toggle(button));
    container.append(button);
  }
};

watch();
