import { card, tick } from './card.js';
import { logPanel } from './log.js';
import { procedures } from './start.js';
import { locale, otherLanguage, step, words } from './words.js';

const PAUSE_MILLIS = 1500;
const PATIENCE_MILLIS = 8000;

const main = document.getElementById('clusters');
const trouble = document.getElementById('trouble');
const news = document.getElementById('news');
const spoken = document.getElementById('spoken');
const dialog = document.getElementById('deed');

let latest = null;
let ahead = 0;
let token = null;
const drawn = new Map();
const told = new Map();

/** The engine's time: clocks of people's machines differ. */
const now = () => Date.now() + ahead;

async function look() {
  try {
    const answer = await fetch('/api/status', {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MILLIS)
    });
    if (answer.ok) {
      latest = await answer.json();
      ahead = Date.parse(latest.now) - Date.now();
      token = latest.token;
      stale(false);
      offerLogin(false);
      say(null);
      draw();
    } else {
      refused(answer.status);
    }
  } catch {
    stale(true);
    say(latest ? `${words().lost} ${asOf()}` : words().lostAtOnce);
  }
}

const asOf = () => `${words().seenAt} ${new Date(latest.now).toLocaleTimeString(locale(), { hour12: false })}.`;

/** What was seen last stays in sight, marked as old: its clocks stand still. */
function stale(old) {
  main.classList.toggle('stale', old && latest !== null);
}

/** The browser asks for name and password there and comes back here. */
function offerLogin(needed) {
  const login = document.getElementById('login');
  login.hidden = !needed;
  login.textContent = words().toLogIn;
}

function refused(status) {
  offerLogin(status === 401);
  const reason = status === 401 ? words().logIn : status === 403 ? words().notAllowed : `${words().lost} (HTTP ${status})`;
  main.removeAttribute('aria-busy');
  if (latest && status !== 403) {
    // A restart of the engine ends its sessions.
    stale(true);
    say(`${reason} ${asOf()}`);
    return;
  }
  main.replaceChildren();
  drawn.clear();
  say(reason);
}

function say(text) {
  trouble.hidden = !text;
  if (trouble.textContent !== (text ?? '')) {
    trouble.textContent = text ?? '';
  }
}

/** Only what changed is drawn anew, and whoever stands on a button there goes on standing on it. */
function draw() {
  document.documentElement.lang = locale();
  document.title = `${words().title} · NocoBase`;
  document.querySelectorAll('[data-word]').forEach(element => { element.textContent = words()[element.dataset.word]; });
  const offered = document.getElementById('procedures');
  if (offered.lang !== locale()) {
    offered.lang = locale();
    offered.replaceChildren(procedures());
  }
  const switcher = document.getElementById('language');
  switcher.textContent = words().other;
  switcher.lang = words().otherLanguage;
  document.getElementById('person').textContent = latest ? latest.person : '';
  document.querySelectorAll('[data-roles]').forEach(element => {
    element.hidden = !latest || !element.dataset.roles.split(' ').some(role => latest.roles.includes(role));
  });
  if (!latest || main.classList.contains('stale')) {
    return;
  }
  main.removeAttribute('aria-busy');
  latest.clusters.forEach(redraw);
  if (latest.clusters.length === 0) {
    main.textContent = words().clustersNone;
  }
  tick(now());
}

function redraw(cluster) {
  const { observedAt, ...visible } = cluster;
  const seen = JSON.stringify([locale(), latest.roles, cluster.trouble ? observedAt : null, visible]);
  const old = drawn.get(cluster.name);
  announce(cluster);
  if (old?.seen === seen) {
    return;
  }
  const fresh = card(cluster, latest, now(), ask);
  if (latest.roles.some(role => role === 'ops' || role === 'managers')) {
    fresh.append(logPanel(cluster));
  }
  if (old) {
    const focused = old.element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    old.element.querySelectorAll('details[open]').forEach(open => {
      fresh.querySelector(`details[data-key="${open.dataset.key}"]`)?.setAttribute('open', '');
    });
    old.element.replaceWith(fresh);
    if (focused) {
      fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
  } else {
    main.append(fresh);
  }
  drawn.set(cluster.name, { seen, element: fresh });
}

/** For those who listen: what a cluster is at, once per change. */
function announce(cluster) {
  const present = cluster.tasks[0]?.name ?? cluster.procedure?.steps[0]?.name ?? words().nothingRuns;
  const before = told.get(cluster.name);
  told.set(cluster.name, present);
  if (before !== undefined && before !== present) {
    spoken.textContent = `${cluster.label}: ${present}`;
  }
}

/** Asks for the reason, then does it; a refusal is shown where the reason was given. */
function ask(deed, cluster) {
  const optional = deed === 'START_NOW';
  const reason = document.getElementById('deed-reason');
  const refusal = document.getElementById('deed-refusal');
  document.getElementById('deed-title').textContent = `${words()[deed]}: ${cluster.label}`;
  document.getElementById('deed-text').textContent = words()[`${deed}_text`];
  document.getElementById('deed-label').textContent = words()[optional ? 'reasonOptional' : 'reason'];
  document.getElementById('deed-yes').textContent = words()[deed];
  reason.required = !optional;
  reason.value = '';
  refusal.textContent = '';
  dialog.querySelector('form').onsubmit = async event => {
    if (event.submitter?.value !== 'yes') {
      return;
    }
    event.preventDefault();
    const { message, done } = await perform(deed, cluster, reason.value);
    if (done) {
      dialog.close();
      news.textContent = step(message);
      await look();
    } else {
      refusal.textContent = message;
    }
  };
  dialog.showModal();
  reason.focus();
}

async function perform(deed, cluster, reason) {
  try {
    const path = deed.toLowerCase().replaceAll('_', '-');
    const answer = await fetch(`/api/clusters/${cluster.name}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token ? { 'X-XSRF-TOKEN': token } : {}) },
      body: JSON.stringify({ operation: cluster.procedure?.claim.operation, reason })
    });
    const body = await answer.json().catch(() => ({}));
    return { done: answer.ok, message: body.message ?? `HTTP ${answer.status}` };
  } catch (fault) {
    return { done: false, message: String(fault) };
  }
}

document.getElementById('language').addEventListener('click', () => { otherLanguage(); draw(); });
setInterval(() => {
  if (!main.classList.contains('stale')) {
    tick(now());
  }
}, 1000);

async function watch() {
  for (;;) {
    if (!document.hidden) {
      await look();
    }
    await new Promise(next => setTimeout(next, PAUSE_MILLIS));
  }
}

document.addEventListener('visibilitychange', () => { if (!document.hidden) { look(); } });
watch();
