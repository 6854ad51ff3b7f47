#!/usr/bin/env node
/**
 * The command `relight` from a checkout: the built code where nothing has changed since it was built,
 * which starts at once; else the source, which has to be compiled first.
 */
import { readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** As old as the begin of the build. */
const STAMP = 'dist/built';
/** Of the compiled code, beside what it was made from; where nobody may write there is none. */
const COMPILED = 'dist/compiled';
/** What the built code was made from: folders that a command may load from, and the libraries in it. */
const MADE_FROM = ['workflows', 'activities', 'clients', 'workers', 'package-lock.json'];

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
  const stamp = statSync(`${ROOT}${STAMP}`, { throwIfNoEntry: false });
  return stamp !== undefined && MADE_FROM.every((path) => isOlder(path, stamp.mtimeMs));
}

/** A folder changes when a file in it comes, goes or is renamed. Cheaply: it is done at every start. */
function isOlder(path, builtMs) {
  const looked = statSync(`${ROOT}${path}`, { throwIfNoEntry: false });
  if (looked === undefined) return true;
  if (looked.mtimeMs > builtMs) return false;
  return (
    !looked.isDirectory() ||
    readdirSync(`${ROOT}${path}`).every((name) => isOlder(`${path}/${name}`, builtMs))
  );
}

const isBrief = BRIEF.includes(process.argv[2] ?? '--help');
if (isBrief) setFlagsFromString('--no-opt');
if (isBuilt()) {
  module.enableCompileCache?.(`${ROOT}${COMPILED}`); // from Node 22 on
  await import(isBrief ? '../dist/workers/brief.js' : '../dist/workers/main.js');
} else {
  // Required modules too: Temporal's SDK requires the converter of payloads.
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  cjs.register();
  esm.register();
  await import('./main.ts');
}
