import { say, time } from './words.js';

const PACE_MILLIS = 5000;
const AGAIN_MILLIS = 1000;
const PATIENCE_MILLIS = 8000;
const UNSEEN_MILLIS = 60000;
const PLACE = 'procedures.place';
/** A proxy in front of the engine answers with these while it is away. */
const AWAY = [502, 503, 504];

/**
 * Tasklist's own poll ends with a script error when the engine goes away and says nothing. Here the person is told, and the
 * page begins anew when the engine is back: at the same task, also after a login.
 */
let answered = new Date();
let gone = false;
let hiddenAt = null;

async function answers() {
  try {
    const answer = await fetch('/actuator/health', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    return !AWAY.includes(answer.status);
  } catch {
    return false;
  }
}

const pause = millis => new Promise(next => setTimeout(next, millis));

async function look() {
  // One lost request is no restart.
  if (await answers() || (!gone && (await pause(AGAIN_MILLIS), await answers()))) {
    if (gone) {
      anew();
    }
    answered = new Date();
  } else if (!gone) {
    gone = true;
    tell();
  }
}

function tell() {
  const banner = document.createElement('div');
  banner.className = 'procedures-gone';
  banner.setAttribute('role', 'alert');
  banner.textContent = `${say().gone} ${time(answered)}. ${say().goneNext}`;
  document.body.append(banner);
}

function anew() {
  if (!window.location.hash.startsWith('#/login')) {
    sessionStorage.setItem(PLACE, window.location.hash);
  }
  window.location.reload();
}

/** A restart ends all sessions: after the login the person is brought back to the task. */
function back() {
  const place = sessionStorage.getItem(PLACE);
  if (place && document.querySelector('.tasks-list')) {
    sessionStorage.removeItem(PLACE);
    if (!window.location.hash.includes('task=')) {
      window.location.hash = place;
    }
  }
}

/** Browsers let pages sleep that nobody sees: a restart may have been slept through. */
async function awake() {
  if (document.hidden) {
    hiddenAt = Date.now();
    return;
  }
  const long = hiddenAt !== null && Date.now() - hiddenAt > UNSEEN_MILLIS;
  hiddenAt = null;
  await look();
  if (long && !gone && document.querySelector('.tasks-list')) {
    const person = await fetch('../../../api/admin/auth/user/default', { cache: 'no-store' }).catch(() => null);
    if (person?.status === 404 || person?.status === 401) {
      anew();
    }
  }
}

async function watch() {
  for (;;) {
    await pause(gone ? AGAIN_MILLIS : PACE_MILLIS);
    if (gone || !document.hidden) {
      await look();
    }
  }
}

document.addEventListener('visibilitychange', awake);
setInterval(back, 500);
watch();
