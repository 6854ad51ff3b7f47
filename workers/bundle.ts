/**
 * The workflow bundle, built once for each content of the workflow sources: a worker that comes
 * back after a crash must not spend seconds on webpack.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { writeAtomically } from '../clients/artifacts/index.js';

const WORKFLOWS = fileURLToPath(new URL('../workflows/', import.meta.url));

export async function loadWorkflowBundle(): Promise<WorkflowBundleOption> {
  const entry = ['index.ts', 'index.js'].map((name) => join(WORKFLOWS, name)).find(existsSync);
  if (entry === undefined) throw new Error(`No workflows under ${WORKFLOWS}`);
  const codePath = join(cacheFolder(), `${await hashOfSources(WORKFLOWS)}.js`);
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: entry,
      workflowInterceptorModules: [join(WORKFLOWS, `log-attributes${extname(entry)}`)],
      logger: SILENT,
    });
    await writeAtomically(codePath, code);
  }
  return { codePath };
}

const quiet = () => undefined;
const SILENT = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Beside the installed packages: their versions are part of what was bundled. */
function cacheFolder(): string {
  const packages = dirname(
    dirname(fileURLToPath(import.meta.resolve('@temporalio/worker/package.json'))),
  );
  return join(dirname(packages), '.cache', 'relight');
}

async function hashOfSources(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((n) => /\.[tj]s$/.test(n))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  const lock = join(folder, '..', 'package-lock.json');
  if (existsSync(lock)) hash.update(await readFile(lock));
  return hash.digest('hex').slice(0, 32);
}
