/**
 * The workflow bundle, built once for each content of the workflow sources: a worker that comes
 * back after a crash must not spend seconds on webpack.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { writeAtomically } from '../../clients/files/atomic.js';

let hashing: Promise<string> | null = null;

/** Names the workflow code of this program, and the packages it is built from. */
export async function workflowCodeHash(): Promise<string> {
  return (hashing ??= hashOfSources(WORKFLOWS));
}

const WORKFLOWS = fileURLToPath(new URL('../../workflows/', import.meta.url));

/** The first folder that holds it or takes it: the packages may belong to somebody else. */
export async function loadWorkflowBundle(
  folders: readonly (() => string)[] = [besidePackages, ownTemporaryFolder],
): Promise<WorkflowBundleOption> {
  const name = `${await workflowCodeHash()}.js`;
  let code: string | null = null;
  for (const folder of folders) {
    const codePath = join(folder(), name);
    if (isReadable(codePath)) return { codePath };
    code ??= await bundleWorkflows(WORKFLOWS);
    const written = await writeAtomically(codePath, code).then(
      () => true,
      () => false,
    );
    if (written) return { codePath };
  }
  return { code: code ?? (await bundleWorkflows(WORKFLOWS)) };
}

async function bundleWorkflows(folder: string): Promise<string> {
  const entry = ['index.ts', 'index.js'].map((name) => join(folder, name)).find(existsSync);
  if (entry === undefined) throw new Error(`No workflows under ${folder}`);
  const at = (name: string) => join(folder, `${name}${extname(entry)}`);
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    payloadConverterPath: at('trust/converter'),
    workflowInterceptorModules: [at('log-attributes'), at('trust/interceptors')],
    logger: SILENT,
  });
  return code;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const quiet = () => undefined;
const SILENT = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Beside the installed packages: their versions are part of what was bundled. */
function besidePackages(): string {
  const packages = dirname(
    dirname(fileURLToPath(import.meta.resolve('@temporalio/worker/package.json'))),
  );
  return join(dirname(packages), '.cache', 'relight');
}

/** Workflow code is run: a folder that somebody else may have made there is not taken. */
function ownTemporaryFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `relight-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const ours = found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
  return ours ? folder : mkdtempSync(`${folder}-`);
}

async function hashOfSources(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((n) => /\.[tj]s$/.test(n))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  // A build lies one folder deeper than the source.
  const locks = ['..', '../..'].map((up) => join(folder, up, 'package-lock.json'));
  const lock = locks.find((path) => existsSync(path));
  if (lock !== undefined) hash.update(await readFile(lock));
  return hash.digest('hex').slice(0, 32);
}
