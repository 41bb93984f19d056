import { element } from './card.js';
import { step, words } from './words.js';

const PROCEDURES = [
  ['version-upgrade', 'Version upgrade'],
  ['in-app-maintenance', 'In-app maintenance'],
  ['first-start', 'First start'],
  ['return-to-service', 'Return to service']
];

/** The four procedures, each with a sentence and the way to its start form. */
export function procedures() {
  return element('dl', {}, PROCEDURES.map(([key, name]) => [
    element('dt', {}, element('a', { href: `/camunda/app/tasklist/default/#/?processStart=${key}`, 'data-key': `start-${key}` }, step(name))),
    element('dd', {}, words()[`about_${key}`])
  ]));
}
