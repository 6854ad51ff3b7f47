/**
 * The core of the process that died, moved into the evidence, with a backtrace of it.
 *
 * Invariants: a core belongs to the process whose pid its notes name; one that is there already is
 * kept; under its name it is whole, also where it had to be copied from another file system.
 */
import { chmod, copyFile, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readCoreFacts } from '../core-file.js';
import { backtraceOfCore } from '../debugger.js';
import { missing, type Collector } from './collector.js';

/** A core of tens of gigabytes may have to be copied. */
const LIMIT_MS = 180_000;
const CORE_NAME = /^core(\.\d+)?$/;
const NAME = 'core.dump';

export const coreDump: Collector = {
  name: NAME,
  timeoutMs: LIMIT_MS,
  async collect({ report, folder, settings, add }) {
    const path = join(folder, NAME);
    const found = (await exists(path)) || (await takeCore(report.instance.pid, settings, path));
    if (!found) return { items: [missing(NAME, 'no core file of this process')], facts: {} };
    await chmod(path, 0o600); // an engine's memory holds its keys
    const { size } = await stat(path);
    const signal = (await readCoreFacts(path).catch(() => null))?.signal ?? null;
    const dump = { name: NAME, collected: true, detail: `${size} bytes, signal ${signal ?? '?'}` };
    const traced = await backtraceOfCore(settings.executable, path);
    const trace = traced.ok
      ? await add('backtrace.txt', traced.stdout)
      : missing('backtrace.txt', traced.why);
    return { items: [dump, trace], facts: { coreSignal: signal } };
  },
};

/** It is moved, so that the next has room; copied where it lies on another file system. */
async function takeCore(
  pid: number,
  { coreFolder }: { coreFolder: string },
  target: string,
): Promise<boolean> {
  const names = await readdir(coreFolder).catch(() => []);
  for (const name of names.filter((entry) => CORE_NAME.test(entry))) {
    const source = join(coreFolder, name);
    const facts = await readCoreFacts(source).catch(() => null);
    if (facts?.pid !== pid) continue;
    await rename(source, target).catch(() => copyWhole(source, target));
    return true;
  }
  return false;
}

async function copyWhole(source: string, target: string): Promise<void> {
  await copyFile(source, `${target}.part`);
  await rename(`${target}.part`, target);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
