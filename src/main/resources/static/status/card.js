import { locale, step, taskName, words } from './words.js';

/** An element with attributes and children; text is always text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

const time = moment => new Date(moment).toLocaleTimeString(locale(), { hour12: false });

/** With the date where it is not today. */
function shown(moment) {
  const then = new Date(moment);
  return then.toDateString() === new Date().toDateString() ? time(moment) : then.toLocaleString(locale(), { hour12: false });
}

/** 4:31, or 1:04:31. */
export function lasting(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const two = number => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

const clock = since => element('span', { class: 'clock', 'data-since': since, 'aria-live': 'off' });

/** Lets all clocks tick, and what runs against an estimate. */
export function tick(now) {
  document.querySelectorAll('[data-since]').forEach(one => {
    one.textContent = lasting(now - Date.parse(one.dataset.since));
  });
  document.querySelectorAll('progress[data-from]').forEach(one => {
    const [from, to] = [Date.parse(one.dataset.from), Date.parse(one.dataset.to)];
    one.value = to > from ? Math.min(1, Math.max(0, (now - from) / (to - from))) : 1;
  });
  document.querySelectorAll('[data-late-after]').forEach(one => {
    one.hidden = now < Date.parse(one.dataset.lateAfter);
  });
}

const ROUTES = { SERVED: 'good', MAINTENANCE_PAGE: 'warn', RETURNING: 'warn', TROUBLE: 'bad', SILENT: 'bad' };

function route(seen) {
  const kind = seen?.kind ?? 'unknown';
  return element('span', { class: `mark ${ROUTES[kind] ?? 'soft'}`, title: seen?.text }, words()[kind]);
}

const minutes = seconds => Math.max(1, Math.ceil(seconds / 60));

function pulled(pull) {
  if (!pull) {
    return null;
  }
  return pull.here ? words().imageHere
    : pull.pulls ? words().pull(minutes(pull.seconds), pull.pulls) : words().pullUnknown;
}

/** What it rests on, as the plan says it. */
function estimated({ estimate }) {
  if (!estimate) {
    return null;
  }
  const { seconds, runs, sizes, pull } = estimate;
  return [
    element('p', { class: 'soft' }, runs ? words().estimate(minutes(seconds), runs) : words().noEstimate),
    sizes ? element('p', { class: 'soft' }, words().scaled(size(sizes.now), size(sizes.then))) : null,
    pull ? element('p', { class: 'soft' }, pulled(pull)) : null
  ];
}

/** Until when clients are expected to be served again, and how far that is. */
function expected({ workedOn, expectedEnd }) {
  return [
    element('p', {}, `${words().expectedBack} ${shown(expectedEnd)}`,
      element('strong', { class: 'bad', 'data-late-after': expectedEnd, hidden: true }, ` · ${words().late}`)),
    element('progress', { 'data-from': workedOn, 'data-to': expectedEnd, max: 1, 'aria-label': words().estimateProgress })
  ];
}

/** Whoever sees a cluster that was left shall know since when, by whom and why, and what to do. */
function leftBehind({ left }) {
  return left ? element('p', {},
    `${words().left} ${shown(left.at)}${left.who ? ` ${words().by} ` : ''}`, left.who ? element('strong', {}, left.who) : null,
    ` · ${step(left.procedure)} ${left.operation}: ${left.outcome ? step(left.outcome) : words().deleted}`,
    left.why ? ` · “${left.why}”` : null) : null;
}

function downtime(cluster) {
  const down = cluster.downtime;
  if (!down) {
    return estimated(cluster);
  }
  if (down.until) {
    return element('p', { class: 'good' }, `${words().wasDown} ${lasting(Date.parse(down.until) - Date.parse(down.since))}`);
  }
  return element('div', { class: down.left ? 'left-behind' : null },
    element('p', { class: down.left ? 'down bad' : 'down warn' }, `${words().downSince} ${shown(down.since)} · `, clock(down.since)),
    leftBehind(down),
    down.expectedEnd ? expected(down) : estimated(cluster));
}

function deeds(cluster, ask) {
  return cluster.may.length
    ? element('p', { class: 'buttons' }, cluster.may.map(deed => {
      const button = element('button',
        { type: 'button', 'data-key': deed, class: deed === 'START_NOW' ? null : 'strong' }, `${words()[deed]} …`);
      button.addEventListener('click', () => ask(deed, cluster));
      return button;
    })) : null;
}

function head(cluster) {
  return element('div', { class: 'head' },
    element('h2', {}, cluster.label),
    cluster.label === cluster.name ? null : element('span', { class: 'soft' }, cluster.name),
    route(cluster.route),
    cluster.simulation ? element('span', { class: 'mark soft' }, words().simulation) : null);
}

function versions({ previousVersion, targetVersion }) {
  return targetVersion ? ` ${previousVersion ? `${previousVersion} ` : ''}→ ${targetVersion}` : '';
}

const PART = /(\d+)\s*(?:\/|of|de)\s*(\d+)/;
const PERCENT = /(\d+(?:[.,]\d+)?)\s?%/;

/** How far a step is, where what was seen of it tells numbers ("load plugin [users], 46/77", "3 of 12 layers", "40 %"). */
function bar({ name, seen }) {
  const part = PART.exec(seen ?? '');
  const percent = PERCENT.exec(seen ?? '');
  const [value, max] = part ? [Number(part[1]), Number(part[2])] : percent ? [Number(percent[1].replace(',', '.')), 100] : [1, 0];
  return max > 0 && value <= max ? element('progress', { value, max, 'aria-label': step(name) }) : null;
}

function present(procedure, tasks) {
  const steps = procedure.steps.filter(one => one.kind !== 'task');
  if (steps.length === 0 && tasks.length === 0) {
    return element('p', { class: 'present' }, words().between);
  }
  return steps.map(one => element('div', {},
    element('p', { class: one.stuck ? 'present bad' : 'present' }, step(one.name), ' ', clock(one.since)),
    one.stuck ? element('p', { class: 'bad' }, words().stuck) : null,
    bar(one),
    one.seen ? element('p', { class: 'seen soft' }, one.seen) : null));
}

function task(one, now) {
  const overdue = one.due && Date.parse(one.due) < now;
  return element('p', {},
    element('a', { href: `/camunda/app/tasklist/default/#/?task=${encodeURIComponent(one.id)}`, 'data-key': `task-${one.id}` },
      element('strong', {}, taskName(one.name))),
    ' · ', one.assignee ? `${words().claimedBy} ${one.assignee}` : `${words().nobody} ${words().may} ${one.groups.join(', ')}`,
    ' · ', clock(one.since),
    overdue ? element('strong', { class: 'bad' }, ` · ${words().overdue}`) : null);
}

function tasks(cluster, now) {
  return cluster.tasks.length
    ? [element('h3', {}, words().waits), cluster.tasks.map(one => task(one, now))] : null;
}

function phases(procedure) {
  const ended = procedure.done.map(one => element('li', { class: one.brokenOff ? 'broken' : 'done' },
    `${one.brokenOff ? '✗' : '✓'} ${step(one.name)} `,
    element('span', { class: 'clock' }, lasting(Date.parse(one.to) - Date.parse(one.from)))));
  const here = procedure.present
    ? [element('li', { class: 'here', 'aria-current': 'step' }, `▶ ${step(procedure.present.name)} `, clock(procedure.present.from))]
    : [];
  const coming = procedure.next.map(name => element('li', { class: 'coming' }, step(name)));
  return element('ol', { class: 'phases' }, ended, here, coming);
}

const opening = ({ window, windowEnd }) =>
  `${words().windowOpens}: ${shown(window)}${windowEnd ? ` – ${shown(windowEnd)}` : ''}`;

/** What waits for its window besides the procedure that the card is about. */
function planned(cluster) {
  return cluster.planned.length
    ? [element('h3', {}, words().alsoPlanned), cluster.planned.map(one => element('p', { class: 'planned' },
      element('strong', {}, `${step(one.name)}${versions(one)}`),
      ` · ${words().startedBy} ${one.claim.who}, ${shown(one.claim.since)} · ${one.claim.why}`,
      one.window ? ` · ${opening(one)}` : null))] : null;
}

function running(cluster, now, ask) {
  const { procedure } = cluster;
  const { claim } = procedure;
  return [
    element('p', {},
      element('strong', {}, `${step(procedure.name)}${versions(procedure)}`),
      ` · ${words().startedBy} ${claim.who}, ${shown(claim.since)} · ${claim.why}`),
    downtime(cluster),
    present(procedure, cluster.tasks),
    tasks(cluster, now),
    procedure.planned ? element('p', {}, element('strong', {}, words().planned)) : null,
    procedure.window && cluster.tasks.some(one => one.key === 'userTask_waitForMaintenanceWindow')
      ? element('p', {}, opening(procedure))
      : null,
    phases(procedure),
    deeds(cluster, ask)
  ];
}

function nodes(cluster) {
  const rows = cluster.nodes.map(node => element('tr', {},
    element('td', {}, node.name, node.worker ? element('span', { class: 'soft' }, ` · ${words().worker}`) : null),
    element('td', { class: node.state === 'running' ? 'good' : 'warn' }, words()[node.state] ?? node.state),
    element('td', {}, node.version ?? '?'),
    element('td', { class: 'wide' }, node.since ? shown(node.since) : '')));
  return [
    cluster.trouble ? element('p', { class: 'bad seen' },
      `${words().lookFailed} ${cluster.trouble}`,
      cluster.observedAt ? ` (${words().asOf} ${shown(cluster.observedAt)})` : null) : null,
    rows.length
      ? element('table', {},
        element('thead', {}, element('tr', {},
          element('th', { scope: 'col' }, words().node), element('th', { scope: 'col' }, words().state),
          element('th', { scope: 'col' }, words().version),
          element('th', { scope: 'col', class: 'wide' }, words().since))),
        element('tbody', {}, rows))
      : cluster.trouble || !cluster.observedAt ? null : element('p', { class: 'bad' }, words().noNodes)
  ];
}

function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = bytes > 0 ? Math.min(4, Math.floor(Math.log10(bytes) / 3)) : 0;
  return `${(bytes / 1000 ** unit).toFixed(unit ? 1 : 0)} ${units[unit]}`;
}

function memory(cluster) {
  const point = cluster.restorePoint;
  if (!point && cluster.past.length === 0) {
    return null;
  }
  return element('details', { 'data-key': 'memory' },
    element('summary', { 'data-key': 'memory-summary' }, point ? `${words().restorePoint}, ${words().past.toLowerCase()}` : words().past),
    point ? element('p', {}, `${words().restorePoint}: ${point.id}, ${size(point.size)}, ${words().taken} ${shown(point.takenAt)}, ${words()[point.state] ?? point.state}`) : null,
    cluster.past.map(one => element('p', {},
      `${shown(one.to)} · ${step(one.name)}: `, element('strong', {}, step(one.outcome)), ' · ',
      element('a', { href: `/evidence/${encodeURIComponent(one.operation)}`, 'data-key': `evidence-${one.operation}` }, words().evidence), ' · ',
      element('a', { href: `/evidence/${encodeURIComponent(one.operation)}?download`, 'data-key': `download-${one.operation}` }, words().download))),
    element('p', {}, element('a', { href: '/evidence/', 'data-key': 'evidence' }, words().allEvidence)));
}

/** One cluster. */
export function card(cluster, status, now, ask) {
  return element('section', { class: 'cluster', 'aria-label': cluster.label },
    head(cluster),
    cluster.procedure
      ? running(cluster, now, ask)
      : [downtime(cluster), deeds(cluster, ask), element('p', { class: 'soft' }, words().nothingRuns), tasks(cluster, now)],
    planned(cluster),
    nodes(cluster),
    memory(cluster));
}
