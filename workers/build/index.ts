/**
 * `npm run build`: the source without its types in `dist`, and the brief commands in few files.
 *
 * Invariant: the stamp stands only where all was built, and is as old as the begin of that, so that what
 * changed meanwhile counts as changed since.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleBrief } from './brief.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** `workers/relight.mjs` looks at it. */
const STAMP = join(DIST, 'built');

const began = new Date();
rmSync(STAMP, { force: true });
execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
rmSync(join(DIST, 'workers', 'brief'), { recursive: true, force: true });
rmSync(join(DIST, 'compiled'), { recursive: true, force: true }); // `workers/relight.mjs` fills it
await bundleBrief(join(DIST, 'workers'));
writeFileSync(STAMP, '');
utimesSync(STAMP, began, began);
