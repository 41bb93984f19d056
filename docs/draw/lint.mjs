import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { BpmnModdle } from 'bpmn-moddle';
import { Linter } from 'bpmnlint';
import NodeResolver from 'bpmnlint/lib/resolver/node-resolver.js';

const require = createRequire(import.meta.url);
const { moddleExtensions, ...config } = JSON.parse(readFileSync(new URL('.bpmnlintrc', import.meta.url), 'utf8'));
const moddle = new BpmnModdle(
  Object.fromEntries(Object.entries(moddleExtensions).map(([prefix, module]) => [prefix, require(module)])),
);

const advice = {
  'conditional-flows': 'give the flow a condition, or make it the default flow of its gateway',
  'end-event-required': 'add an end event named by its outcome',
  'event-sub-process-typed-start-event': 'give the start event of the event sub-process a trigger',
  'fake-join': 'join the incoming flows in an unnamed gateway first',
  'global': 'refer to it, name it, or remove it',
  'label-required': 'name it: a task verb + object, an event its state, a gateway its question, a flow its answer',
  'no-bpmndi': 'draw it: add its shape or edge to the diagram',
  'no-disconnected': 'connect it by a sequence flow, or remove it',
  'no-duplicate-sequence-flows': 'remove one of the two flows',
  'no-gateway-join-fork': 'split it into a joining and a diverging gateway',
  'no-implicit-end': 'let its path end in a named end event',
  'no-implicit-split': 'put a gateway behind it',
  'no-implicit-start': 'let a flow lead to it, or make it a start event',
  'no-inclusive-gateway': 'use exclusive or parallel gateways',
  'no-overlapping-elements': 'move them apart; a child has to lie inside its sub-process',
  'superfluous-gateway': 'remove the gateway, it neither joins nor diverges',
  'superfluous-label': 'remove the name, the flow answers no question',
  'superfluous-termination': 'use a plain end event',
  'camunda-compat/history-time-to-live': 'set camunda:historyTimeToLive on the process',
};

/** Findings of bpmnlint, and everything in the file that its reader did not understand or could not resolve. */
export async function lint(xml) {
  let parsed;
  try {
    parsed = await moddle.fromXML(xml);
  } catch (error) {
    return [{ element: '-', problem: oneLine(error.message), advice: 'repair the file', rule: 'xml' }];
  }
  const findings = parsed.warnings.map((warning) => ({
    element: warning.element?.id ?? '-',
    problem: oneLine(warning.message),
    advice: 'correct the reference or remove it',
    rule: 'xml',
  }));
  // A linter's rules remember what they saw: one linter for several models would report their equal ids as duplicates.
  const linter = new Linter({ config, resolver: new NodeResolver({ require }) });
  const results = await linter.lint(parsed.rootElement);
  for (const [rule, reports] of Object.entries(results)) {
    for (const { id, message } of reports) {
      findings.push({ element: id ?? '-', problem: message, advice: advice[rule], rule });
    }
  }
  return findings;
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}
