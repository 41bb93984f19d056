import { element, lasting } from '/status/card.js';
import { say } from './words.js';

const PAUSE_MILLIS = 2000;

let stop;

const time = moment => (moment ? new Date(moment).toLocaleTimeString([], { hour12: false }) : '');

function head(...titles) {
  return element('thead', {}, element('tr', {}, titles.map(title => element('th', { scope: 'col' }, title))));
}

const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const shown = value => (MOMENT.test(value) ? new Date(value).toLocaleString([], { hour12: false, timeZoneName: 'short' }) : value);

function facts(pack) {
  const rows = Object.entries(pack.facts).map(([label, value]) =>
    element('tr', {}, element('th', { scope: 'row' }, label), element('td', {}, shown(value))));
  return element('table', { class: 'table' }, element('tbody', {}, rows));
}

function decisions(pack) {
  if (pack.decisions.length === 0) {
    return element('p', {}, say().noDecision);
  }
  return element('table', { class: 'table' }, head(say().when, say().who, say().task, say().answers),
    element('tbody', {}, pack.decisions.map(decision => element('tr', {},
      element('td', {}, time(decision.decidedAt)),
      element('td', {}, decision.person),
      element('td', {}, decision.taskName),
      element('td', {}, decision.answers.map(({ question, answer, before }) =>
        element('div', {}, `${question}: `, element('strong', {}, shown(answer)), before ? ` (${say().before}: ${shown(before)})` : null)))))));
}

function remarks(pack) {
  return pack.remarks.length === 0 ? [] : [
    element('h4', {}, say().remarks),
    element('table', { class: 'table' }, head(say().when, say().what),
      element('tbody', {}, pack.remarks.map(remark => element('tr', {},
        element('td', {}, time(remark.at)), element('td', {}, remark.text)))))];
}

function steps(pack, now) {
  const lasted = step => lasting(Date.parse(step.endedAt ?? now) - Date.parse(step.startedAt));
  return element('table', { class: 'table' }, head(say().from, say().to, say().lasted, say().phase, say().step),
    element('tbody', {}, pack.steps.map(step => element('tr', {},
      element('td', {}, time(step.startedAt)),
      element('td', {}, step.endedAt ? time(step.endedAt) : say().now),
      element('td', {}, lasted(step)),
      element('td', {}, step.process),
      element('td', {}, step.endedAt ? step.name : element('strong', {}, step.name), step.cancelled ? ` (${say().brokenOff})` : null)))));
}

function downtime(pack, now) {
  const since = pack.downSince;
  if (!since) {
    return say().noDowntime;
  }
  return pack.downtimeSeconds === null
    ? say().down(time(since), lasting(Date.parse(now) - Date.parse(since)))
    : say().wasDown(lasting(pack.downtimeSeconds * 1000));
}

/** On an instance: what ran in it and in all that it called, in one list, and who decided what. */
export default {
  id: 'procedures-history',
  pluginPoint: 'cockpit.processInstance.runtime.tab',
  priority: 200,
  properties: { label: say().history },
  render: (container, { processInstanceId }) => {
    stop?.();
    let running = true;
    let seen = '';

    async function look() {
      const answer = await fetch(`/api/procedures/${encodeURIComponent(processInstanceId)}`, { cache: 'no-store' });
      if (!answer.ok) {
        container.textContent = answer.status === 404
          ? say().noProcedure : `HTTP ${answer.status}`;
        return;
      }
      const { now, pack } = await answer.json();
      const fresh = JSON.stringify(pack);
      if (fresh === seen && pack.endedAt) {
        return;
      }
      seen = fresh;
      container.replaceChildren(
        element('p', {},
          element('strong', {}, `${pack.procedure} · ${pack.operation}`), ` · ${pack.outcome || say().running} · ${downtime(pack, now)} · `,
          element('a', { href: `/evidence/${encodeURIComponent(pack.operation)}`, target: '_blank', rel: 'noopener' }, say().evidence), ' · ',
          element('a', { href: `/evidence/${encodeURIComponent(pack.operation)}?download` }, say().download)),
        element('h4', {}, say().decisions), decisions(pack), ...remarks(pack),
        element('h4', {}, say().facts), facts(pack),
        element('h4', {}, say().steps), steps(pack, now));
    }

    async function watch() {
      while (running) {
        if (!document.hidden) {
          await look().catch(fault => { container.textContent = String(fault); });
        }
        await new Promise(next => setTimeout(next, PAUSE_MILLIS));
      }
    }
    watch();
    stop = () => { running = false; };
  },
  unmount: () => stop?.()
};
