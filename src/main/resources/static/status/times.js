/**
 * Moments that the engine wrote into a text ("2027-01-10 02:36:24 UTC-03:00") in the zone of whoever reads them.
 */
const MOMENT = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC([+-]\d\d:\d\d)?/g;

const two = number => String(number).padStart(2, '0');

const shown = moment =>
  `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ` +
  `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;

export const local = text =>
  text.replace(MOMENT, (all, day, time, offset) => {
    const moment = new Date(`${day}T${time}${offset ?? 'Z'}`);
    return Number.isNaN(moment.getTime()) ? all : shown(moment);
  });

/** What people type is theirs: neither fields nor what is edited is changed. */
function put(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.nodeValue.includes(' UTC') && !node.parentElement?.closest('textarea, [contenteditable=true]')) {
      const text = local(node.nodeValue);
      if (text !== node.nodeValue) node.nodeValue = text;
    }
    return;
  }
  node.childNodes.forEach(put);
}

export function watch(root) {
  put(root);
  new MutationObserver(changes =>
    changes.forEach(change => {
      if (change.type === 'characterData') put(change.target);
      else change.addedNodes.forEach(put);
    })
  ).observe(root, { childList: true, characterData: true, subtree: true });
}
