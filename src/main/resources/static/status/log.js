import { element } from './card.js';
import { words } from './words.js';

const PAUSE_MILLIS = 2000;
const read = new Map();

/** The end of the first node's log, asked for only while it is open. */
export function logPanel(cluster) {
  const text = element('pre', { tabindex: 0, 'aria-label': words().log, 'data-key': 'log-text' }, read.get(cluster.name) ?? '');
  const panel = element('details', { 'data-key': 'log', 'data-log': cluster.name },
    element('summary', { 'data-key': 'log-summary' }, words().log), text);
  panel.addEventListener('toggle', () => { if (panel.open) { look(panel); } });
  return panel;
}

async function look(panel) {
  const cluster = panel.dataset.log;
  const answer = await fetch(`/api/clusters/${encodeURIComponent(cluster)}/log`, { cache: 'no-store' });
  if (answer.ok) {
    const { node, text } = await answer.json();
    const shown = `${node}\n${text}`;
    const pre = panel.querySelector('pre');
    // Whoever scrolled back reads there; everybody else sees the end.
    const follows = !pre.dataset.shown || pre.scrollHeight - pre.scrollTop - pre.clientHeight < 20;
    pre.dataset.shown = 'yes';
    read.set(cluster, shown);
    if (pre.textContent !== shown) {
      pre.textContent = shown;
    }
    if (follows) {
      pre.scrollTop = pre.scrollHeight;
    }
  }
}

setInterval(() => {
  if (!document.hidden) {
    document.querySelectorAll('details[data-log][open]').forEach(panel => look(panel).catch(() => {}));
  }
}, PAUSE_MILLIS);
