/**
 * The core of the process that died, moved into the evidence, with a backtrace of it.
 *
 * Invariants: a core belongs to the process whose pid its notes name, and one that is found was written in
 * its life; what it says of the death is read before it is moved, and is not lost
 * where moving it fails or takes too long: it is then traced where it lies.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readCoreFacts } from '../core-file.js';
import { backtraceOfCore } from '../debugger.js';
import { moveCore } from '../keep-core.js';
import { START_GRAIN_MS } from '../life.js';
import { missing, type Collector, type CollectorContext } from './collector.js';

/** A core of tens of gigabytes may have to be copied; both within the collector's time. */
const LIMITS = { copyMs: 180_000, traceMs: 60_000 };
const SPARE_MS = 10_000;
const CORE_NAME = /^core(\.\d+)?$/;
const NAME = 'core.dump';

type Needs = 'coreFolder' | 'executable';
type Context = CollectorContext<Needs>;

interface Core {
  path: string;
  signal: number;
}

export const coreDump = coreDumpWithin(LIMITS);

export function coreDumpWithin({ copyMs, traceMs }: typeof LIMITS): Collector<Needs> {
  return {
    name: NAME,
    timeoutMs: copyMs + traceMs + SPARE_MS,
    async collect(context) {
      const core = await findCore(context);
      if (core === null) {
        return { items: [missing(NAME, 'no core file of this process')], facts: {} };
      }
      const { item, path } = await keep(core, context, copyMs);
      const traced = await backtraceOfCore(context.settings.executable, path, traceMs);
      const trace = traced.ok
        ? await context.add('backtrace.txt', traced.stdout)
        : missing('backtrace.txt', traced.why);
      return { items: [item, trace], facts: { coreSignal: core.signal } };
    },
  };
}

async function keep({ path, signal }: Core, { folder, over }: Context, copyMs: number) {
  const target = join(folder, NAME);
  const giveUp = AbortSignal.any([over, AbortSignal.timeout(copyMs)]);
  try {
    if (path !== target) await moveCore(path, target, giveUp);
    const { size } = await stat(target);
    const detail = `${size} bytes, signal ${signal}`;
    return { path: target, item: { name: NAME, collected: true, detail } };
  } catch (error) {
    const why = giveUp.aborted ? `not copied within ${copyMs} ms` : missing(NAME, error).detail;
    return { path, item: missing(NAME, `signal ${signal}, left at ${path}: ${why}`) };
  }
}

/** The one that was kept before goes first: it was of this life then, whatever the clock was set to since. */
async function findCore({ report, startedAtMs, folder, settings }: Context): Promise<Core | null> {
  const { pid } = report.instance;
  const names = await readdir(settings.coreFolder).catch(() => []);
  const written = names
    .filter((name) => CORE_NAME.test(name))
    .map((name) => join(settings.coreFolder, name));
  const kept = join(folder, NAME);
  for (const path of [kept, ...written]) {
    const facts = await readCoreFacts(path).catch(() => null);
    if (facts?.pid !== pid) continue;
    if (path !== kept && (await isOlder(path, startedAtMs))) continue;
    return { path, signal: facts.signal };
  }
  return null;
}

/** Pids are used again, in a container always the same few. */
async function isOlder(path: string, startedAtMs: number | null): Promise<boolean> {
  if (startedAtMs === null) return false;
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs < startedAtMs - START_GRAIN_MS,
    () => true, // taken by somebody else meanwhile
  );
}
