import { element } from '/status/card.js';
import language from '/status/language.js';
import { step } from '/status/words.js';
import { say } from './words.js';

const ENGINE = '/camunda/api/engine/engine/default';
const PAUSE_MILLIS = 10000;
/** In the order in which people meet them. */
const PROCEDURES = ['version-upgrade', 'in-app-maintenance', 'first-start', 'return-to-service'];

let stop;

/** Running instances of all versions, with the latest version to look at. */
async function definitions() {
  const answer = await fetch(`${ENGINE}/process-definition/statistics?incidents=true`, { cache: 'no-store' });
  if (!answer.ok) {
    throw new Error(`HTTP ${answer.status}`);
  }
  const found = new Map();
  for (const { definition, instances, incidents } of await answer.json()) {
    const one = found.get(definition.key) ?? { key: definition.key, running: 0, incidents: 0, version: 0 };
    one.running += instances;
    one.incidents += incidents.reduce((sum, each) => sum + each.incidentCount, 0);
    if (definition.version > one.version) {
      Object.assign(one, { version: definition.version, id: definition.id, name: definition.name ?? definition.key });
    }
    found.set(definition.key, one);
  }
  return found;
}

function row(one) {
  return element('tr', {},
    element('td', {}, element('a', { href: `#/process-definition/${encodeURIComponent(one.id)}/runtime` }, step(one.name))),
    element('td', {}, `${one.running} ${say().running}`),
    element('td', { class: one.incidents ? 'bad' : 'soft' }, `${one.incidents} ${say().incidents}`));
}

const table = rows => element('table', {}, element('tbody', {}, rows.map(row)));

function fragments(others) {
  const rows = table(others);
  const filter = element('input', { type: 'search', placeholder: say().filter, 'aria-label': say().filter });
  filter.addEventListener('input', () => {
    rows.querySelectorAll('tr').forEach(one => {
      one.hidden = !one.textContent.toLowerCase().includes(filter.value.toLowerCase());
    });
  });
  return element('details', {}, element('summary', {}, `${say().fragments} (${others.length})`), filter, rows);
}

/** The four procedures on Cockpit's first page; what they call is folded, and found by its name. */
export default {
  id: 'procedures-procedures',
  pluginPoint: 'cockpit.dashboard',
  priority: 200,
  render: container => {
    stop?.();
    let running = true;
    let seen = '';
    const cards = element('div', { class: 'cards', lang: language });
    container.append(cards);

    async function look() {
      const found = await definitions();
      const fresh = JSON.stringify([...found.values()]);
      if (fresh === seen || cards.contains(document.activeElement)) {
        return;
      }
      seen = fresh;
      const open = cards.querySelector('details')?.open;
      const others = [...found.values()].filter(one => !PROCEDURES.includes(one.key));
      others.sort((one, other) => other.running - one.running || one.name.localeCompare(other.name));
      cards.replaceChildren(element('section', { class: 'cluster procedures' },
        element('h2', {}, say().procedures),
        table(PROCEDURES.filter(key => found.has(key)).map(key => found.get(key))),
        fragments(others)));
      cards.querySelector('details').open = Boolean(open);
    }

    async function watch() {
      while (running) {
        if (!document.hidden) {
          await look().catch(() => {});
        }
        await new Promise(next => setTimeout(next, PAUSE_MILLIS));
      }
    }
    watch();
    stop = () => { running = false; };
  },
  unmount: () => stop?.()
};
