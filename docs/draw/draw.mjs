import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Canvas } from './canvas.mjs';
import { checkGeometry } from './geometry.mjs';
import { lint } from './lint.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const processes = join(root, 'processes');
const docs = join(root, 'docs');

const options = readOptions();
const models = readModels();
const findings = [];
const pictures = new Map();

const canvas = await Canvas.open();
try {
  for (const model of models) {
    report(model, await lint(model.xml));
    const imported = await canvas.show(model.xml);
    if (imported.problem) {
      report(model, [{ element: '-', problem: imported.problem, rule: 'import' }]);
      continue;
    }
    for (const sheet of imported.sheets) {
      report(model, checkGeometry(sheet));
    }
    const svg = await canvas.svg({ 'data-model': model.file, 'data-model-sha256': model.sha256 });
    pictures.set(`${model.name}.svg`, svg);
    if (options.png) {
      mkdirSync(options.png, { recursive: true });
      writeFileSync(join(options.png, `${model.name}.png`), await canvas.png(svg));
    }
  }
} finally {
  await canvas.close();
}

const stale = options.check ? compare() : write();
for (const finding of findings) {
  console.error(finding);
}
for (const line of stale) {
  console.error(line);
}
const failed = findings.length > 0 || (options.check && stale.length > 0);
console.log(
  `${models.length} model(s), ${findings.length} finding(s)` +
    (options.check ? `, ${stale.length} picture(s) not up to date` : `, ${pictures.size} picture(s) drawn`),
);
process.exitCode = failed ? 1 : 0;

function readOptions() {
  try {
    const { values } = parseArgs({ options: { check: { type: 'boolean' }, png: { type: 'string' } } });
    return { check: Boolean(values.check), png: values.png && resolve(values.png) };
  } catch (error) {
    console.error(`${error.message}\nUsage: docs/draw/draw [--check] [--png DIR]`);
    process.exit(2);
  }
}

function readModels() {
  const files = existsSync(processes) ? readdirSync(processes).filter((file) => file.endsWith('.bpmn')).sort() : [];
  if (files.length === 0) {
    console.error('No model found: expected processes/*.bpmn');
    process.exit(1);
  }
  return files.map((file) => {
    const bytes = readFileSync(join(processes, file));
    return {
      file,
      name: file.slice(0, -'.bpmn'.length),
      xml: bytes.toString('utf8'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  });
}

function report(model, found) {
  for (const { element, problem, advice, rule } of found) {
    findings.push(`${model.file}  ${element}  ${problem}${advice ? `: ${advice}` : ''}  [${rule}]`);
  }
}

/** The pictures in docs/ that were drawn from a model, whether or not the model is still there. */
function drawnBefore() {
  return readdirSync(docs)
    .filter((file) => file.endsWith('.svg'))
    .filter((file) => readFileSync(join(docs, file), 'utf8').includes('data-model-sha256='));
}

function leftOver() {
  return drawnBefore().filter((file) => !existsSync(join(processes, file.replace(/\.svg$/, '.bpmn'))));
}

function write() {
  for (const [file, svg] of pictures) {
    writeFileSync(join(docs, file), svg);
  }
  for (const file of leftOver()) {
    rmSync(join(docs, file));
  }
  return [];
}

function compare() {
  const lines = [];
  for (const [file, svg] of pictures) {
    const path = join(docs, file);
    if (!existsSync(path)) {
      lines.push(`docs/${file} is missing: run docs/draw/draw and commit it`);
    } else if (readFileSync(path, 'utf8') !== svg) {
      lines.push(`docs/${file} is stale: run docs/draw/draw and commit it`);
    }
  }
  for (const file of leftOver()) {
    lines.push(`docs/${file} has no model any more: run docs/draw/draw, which removes it`);
  }
  return lines;
}
