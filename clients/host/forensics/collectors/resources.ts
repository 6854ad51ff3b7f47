/** How the process used the machine before it died, as the agent saw it, and within which limits. */
import { TICK_MS } from '../../process-table.js';
import { runCommand } from '../../run-command.js';
import type { KeptSample } from '../../resources/ring.js';
import {
  missing,
  NEVER_RAN,
  type Collected,
  type Collector,
  type CollectorContext,
} from './collector.js';

const LIMIT_MS = 10_000;
const NOT_SEEN = 'the agent did not see this process live: it began later, or no probe named it';
const MIB = 1_048_576;

export const resources: Collector<'trend'> = {
  name: 'resources.csv',
  momentary: true,
  timeoutMs: LIMIT_MS,
  async collect({ report, settings, add }) {
    const samples = trendOf({ report, settings })?.samples ?? [];
    const item =
      samples.length === 0
        ? missing('resources.csv', whyNotSeen(report))
        : await add('resources.csv', trendAsCsv(samples));
    return { items: [item], facts: {} };
  },
};

export const limits: Collector<'trend'> = {
  name: 'limits.txt',
  momentary: true,
  timeoutMs: LIMIT_MS,
  async collect({ report, settings, add }) {
    const text = trendOf({ report, settings })?.limits ?? null;
    const item =
      text === null ? missing('limits.txt', whyNotSeen(report)) : await add('limits.txt', text);
    return { items: [item], facts: {} };
  },
};

function trendOf({ report, settings }: Pick<CollectorContext<'trend'>, 'report' | 'settings'>) {
  const { instance } = report;
  return instance.pid === null ? null : (settings.trend?.(instance) ?? null);
}

function whyNotSeen({ instance }: CollectorContext['report']): string {
  return instance.pid === null ? NEVER_RAN : NOT_SEEN;
}

/** Where sysstat keeps records; a host without it misses nothing that Relight asks for. */
export const sar: Collector<never> = {
  name: 'sar.txt',
  momentary: true,
  beside: true,
  timeoutMs: LIMIT_MS,
  async collect({ add, commandMs }): Promise<Collected> {
    const args = ['-u', '-r', '-q', '-n', 'DEV'];
    const outcome = await runCommand('sar', args, { timeoutMs: commandMs });
    if (outcome.ok) return { items: [await add('sar.txt', outcome.stdout)], facts: {} };
    const items = outcome.reason === 'not_installed' ? [] : [missing('sar.txt', outcome.why)];
    return { items, facts: {} };
  },
};

const HEADER = 'time,cpu_percent,rss_mib,threads,descriptors,tcp_in_use,received_bytes,sent_bytes';

/** What may not be read is an empty field. */
export function trendAsCsv(samples: readonly KeptSample[]): string {
  const rows = samples.map((sample, at) => {
    const before = samples[at - 1];
    const passedMs = before === undefined ? Number.NaN : sample.monotonicMs - before.monotonicMs;
    const ticks = sample.cpuTicks - (before?.cpuTicks ?? Number.NaN);
    const figures = [
      (ticks * TICK_MS * 100) / passedMs,
      sample.rssBytes / MIB,
      sample.threads,
      sample.descriptors,
      sample.tcp,
      sample.receivedBytes,
      sample.sentBytes,
    ];
    return [new Date(sample.atMs).toISOString(), ...figures.map(shown)].join(',');
  });
  return `${[HEADER, ...rows].join('\n')}\n`;
}

function shown(figure: number): string {
  return Number.isFinite(figure) ? String(Math.round(figure * 10) / 10) : '';
}
