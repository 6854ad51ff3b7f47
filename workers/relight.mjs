#!/usr/bin/env node
/**
 * The command `relight` from a checkout: the built code where each file of it is as new as its
 * source, which starts at once; else the source, which has to be compiled first.
 */
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILD = `${ROOT}dist`;
/** The folders that a command may load from. */
const FOLDERS = ['workflows', 'activities', 'clients', 'workers'];

/** They end before optimised code would pay, and making it takes a third of their CPU. */
const BRIEF = [
  '--help',
  '--version',
  'help',
  'status',
  'gates',
  'approve',
  'reject',
  'key',
  'keys',
];

function isBuilt() {
  return FOLDERS.every(isCurrent);
}

/** Looked at one by one, and cheaply: it is done at every start. */
function isCurrent(folder) {
  return readdirSync(`${ROOT}${folder}`, { withFileTypes: true }).every((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return isCurrent(path);
    return !path.endsWith('.ts') || isAsNew(path);
  });
}

function isAsNew(source) {
  return changedAtMs(`${BUILD}/${source.slice(0, -3)}.js`) >= changedAtMs(`${ROOT}${source}`);
}

/** Before any time where there is none. */
function changedAtMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

if (BRIEF.includes(process.argv[2] ?? '--help')) setFlagsFromString('--no-opt');
if (isBuilt()) {
  await import('../dist/workers/main.js');
} else {
  // Required modules too: Temporal's SDK requires the converter of payloads.
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  cjs.register();
  esm.register();
  await import('./main.ts');
}
