import { card, element, tick } from '/status/card.js';
import { locale, words } from '/status/words.js';
import { say } from './words.js';

const PAUSE_MILLIS = 2000;

let stop;

function style() {
  if (!document.querySelector('link[data-procedures]')) {
    document.head.append(element('link', { rel: 'stylesheet', href: '/status/card.css', 'data-procedures': 'cards' }));
  }
}

/** The clusters on Cockpit's dashboard: what the status view shows, with the way to the running instance. */
export default {
  id: 'procedures-clusters',
  pluginPoint: 'cockpit.dashboard',
  priority: 100,
  render: container => {
    style();
    const cards = element('div', { class: 'cards', lang: locale() });
    const trouble = element('p', { role: 'alert', class: 'bad' });
    container.append(
      element('h3', {}, say().clusters),
      element('p', {}, element('a', { href: '/status' }, say().status), ` · ${say().live}`),
      element('div', { class: 'cards' }, trouble),
      cards);
    let seen = '';
    let seenAt = null;
    stop?.();
    let running = true;
    const ask = () => { window.location.href = '/status'; };

    async function look() {
      const answer = await fetch('/api/status', { cache: 'no-store' });
      if (!answer.ok) {
        throw new Error(`HTTP ${answer.status}`);
      }
      const status = await answer.json();
      seenAt = new Date(status.now);
      trouble.textContent = '';
      const now = Date.parse(status.now);
      const fresh = JSON.stringify(status.clusters.map(({ observedAt, ...visible }) => visible));
      if (fresh !== seen) {
        seen = fresh;
        cards.replaceChildren(...status.clusters.map(cluster => withLink(card(cluster, status, now, ask), cluster)));
      }
      tick(now);
    }

    /** What was seen last stays, marked as old. */
    function lost() {
      trouble.textContent = seenAt
        ? `${words().lost} ${words().seenAt} ${seenAt.toLocaleTimeString(locale(), { hour12: false })}.` : words().lostAtOnce;
    }

    async function watch() {
      while (running) {
        if (!document.hidden) {
          await look().catch(lost);
        }
        await new Promise(next => setTimeout(next, PAUSE_MILLIS));
      }
    }
    watch();
    stop = () => { running = false; };
  },
  unmount: () => stop?.()
};

function withLink(made, { procedure }) {
  made.querySelector('details')?.setAttribute('open', '');
  if (procedure) {
    made.append(element('p', {},
      element('a', { href: `#/process-instance/${procedure.claim.processInstance}/runtime?tab=procedures-history` },
        say().inCockpit(procedure.claim.operation))));
  }
  return made;
}
