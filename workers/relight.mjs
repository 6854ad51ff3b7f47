#!/usr/bin/env node
/**
 * The command `relight` from a checkout: the built code where each file of it is as new as its
 * source, which starts at once; else the source, which has to be compiled first.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILD = join(ROOT, 'dist');
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
  return FOLDERS.every((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .every((name) => isAsNew(join(folder, name))),
  );
}

function isAsNew(source) {
  const options = { throwIfNoEntry: false };
  const built = statSync(join(BUILD, source.replace(/\.ts$/, '.js')), options);
  return built !== undefined && built.mtimeMs >= statSync(join(ROOT, source)).mtimeMs;
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
