/**
 * The core of the process that died, moved into the evidence, with a backtrace of it.
 *
 * Invariant: what a core says of the death is read before it is moved, and is not lost where moving it
 * fails or takes too long: it is then traced where it lies. A backtrace that takes too long is kept as far as it came.
 */
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CauseFacts } from '../../../../workflows/domain/crash/cause/cause.js';
import { backtraceIn } from '../../../../workflows/domain/crash/cause/frames.js';
import type { EvidenceItem } from '../../../../workflows/domain/crash/evidence.js';
import { readCorePattern } from '../cores/core-pattern.js';
import { backtraceOfCore } from '../debugger.js';
import { findCore, type Core } from '../cores/find-core.js';
import { moveCore } from '../cores/keep-core.js';
import { missing, NEVER_RAN, type Collector, type CollectorContext } from './collector.js';

/** A core of tens of gigabytes may have to be copied; both within the collector's time. */
const LIMITS = { copyMs: 180_000, traceMs: 20_000 };
const SPARE_MS = 10_000;
const NAME = 'core.dump';
const OWNER_ONLY = 0o600;

type Needs = 'coreFolder' | 'executable' | 'locals';
type Context = CollectorContext<Needs>;

export const coreDump = coreDumpWithin(LIMITS);

export function coreDumpWithin(
  { copyMs, traceMs }: typeof LIMITS,
  patternNow = readCorePattern,
): Collector<Needs> {
  return {
    name: NAME,
    timeoutMs: copyMs + traceMs + SPARE_MS,
    async collect(context) {
      const { pid } = context.report.instance;
      if (pid === null) return { items: [missing(NAME, NEVER_RAN)], facts: {} };
      const core = await findCore({
        pid,
        ...wantedOf(context),
        pattern: await patternNow(),
        commandMs: copyMs,
      });
      if ('why' in core) return { items: [missing(NAME, core.why)], facts: {} };
      const { item, path } = await keep(core, context, copyMs);
      const { item: traced, backtrace } = await trace(path, context, traceMs);
      const { fault: coreFault, threads } = core;
      return { items: [item, traced], facts: { coreFault, threads, backtrace } };
    },
  };
}

function wantedOf({ startedAtMs, folder, settings }: Context) {
  const { coreFolder } = settings;
  return { startedAtMs, coreFolder, kept: join(folder, NAME) };
}

async function keep({ path, fault }: Core, { folder, over }: Context, copyMs: number) {
  const target = join(folder, NAME);
  const giveUp = AbortSignal.any([over, AbortSignal.timeout(copyMs)]);
  const { signal } = fault;
  try {
    if (path === target) await chmod(target, OWNER_ONLY);
    else await moveCore(path, target, giveUp);
    const { size } = await stat(target);
    const detail = `${size} bytes, signal ${signal}`;
    return { path: target, item: { name: NAME, collected: true, detail } };
  } catch (error) {
    const why = giveUp.aborted ? `not copied within ${copyMs} ms` : missing(NAME, error).detail;
    return { path, item: missing(NAME, `signal ${signal}, left at ${path}: ${why}`) };
  }
}

async function trace(
  core: string,
  { settings, add }: Context,
  traceMs: number,
): Promise<{ item: EvidenceItem; backtrace: CauseFacts['backtrace'] }> {
  const name = 'backtrace.txt';
  const { executable, locals = false } = settings;
  const traced = await backtraceOfCore(executable, core, { timeoutMs: traceMs, locals });
  if (!traced.ok) return { item: missing(name, traced.why), backtrace: null };
  const item = await add(name, traced.text);
  const detail = traced.whole ? item.detail : `${item.detail}, cut: ${traced.why}`;
  return { item: { ...item, detail }, backtrace: backtraceIn(traced.text) };
}
