/**
 * A copy of the checkout in which each module is compiled beside its source, so that a process that
 * a test starts, or is, loads in a third of the time. Everything else is linked, tools included.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleBrief } from '../workers/build/brief.js';

const CODE = ['activities', 'clients', 'sandbox', 'test', 'workers', 'workflows'];
/** Made of the code, or not of this checkout. */
const LEFT_OUT = ['dist', '.relight'];

/** Types are the type check's: code with a wrong one runs all the same. */
export async function compileCopy(root: string, copy: string): Promise<void> {
  mkdirSync(copy);
  for (const name of readdirSync(root)) {
    if (LEFT_OUT.includes(name)) continue;
    if (CODE.includes(name)) {
      cpSync(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true });
    } else symlinkSync(join(root, name), join(copy, name));
  }
  const compiler = join(root, 'node_modules', '.bin', 'tsc');
  const compile = [compiler, '--noEmit', 'false', '--outDir', copy, '--rootDir', root];
  spawnSync(process.execPath, compile, { cwd: root, stdio: 'inherit' });
  if (!existsSync(join(copy, 'test', 'run.js'))) throw new Error('the tests were not compiled');
  await copyBuild(copy);
}

const LOAD = 'await (await import(process.argv[1])).loadWorkflowBundle()';

/** Else each of those that begin at once would build it. The build's has a name of its own, as its sources have. */
export async function bundleWorkflows(copy: string): Promise<void> {
  const folders = [copy, join(copy, 'dist')];
  await Promise.all(
    folders.map(async (folder) => {
      const module = pathToFileURL(join(folder, 'workers', 'processes', 'bundle.js'));
      const args = ['--input-type=module', '--eval', LOAD, module.href];
      await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
    }),
  );
}

/** Where `relight.mjs` looks for what is built. */
async function copyBuild(copy: string): Promise<void> {
  for (const name of CODE.filter((folder) => folder !== 'test')) {
    cpSync(join(copy, name), join(copy, 'dist', name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !/\.[cm]?ts$/.test(path),
    });
  }
  await bundleBrief(join(copy, 'dist', 'workers'));
  writeFileSync(join(copy, 'dist', 'built'), '');
}
