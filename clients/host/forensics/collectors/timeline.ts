/**
 * What happened around the death, over all logs, what the agent saw, and the journal of the machine; and
 * the last errors and warnings.
 *
 * Invariants: a line without a time stands behind the one before it in its own log; errors and warnings are
 * of this life where their times tell.
 */
import { basename } from 'node:path';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { runCommand } from '../../run-command.js';
import { START_GRAIN_MS } from '../life.js';
import type { Collected, Collector } from './collector.js';
import { recentLines, withoutSkipped } from './engine-logs.js';
import { timeOf } from './last-words.js';

const TIMELINE = 'timeline.txt';
const ERRORS = 'errors.txt';
const AROUND_MS = 60_000;
/** Before the death: an error that comes long before it is rarely its reason. */
const ERRORS_WITHIN_MS = 3_600_000;
const LIMIT_MS = 20_000;
const MOST_ERRORS = 20;
const MOST_WARNINGS = 50;
/** As words, or as levels of JSON in words or in the numbers of pino and bunyan. */
const IS_ERROR =
  /\b(?:ERROR|ERR|FATAL|CRITICAL|PANIC)\b|"level":\s?(?:"(?:error|fatal|critical|panic)"|[56]0)/;
const IS_WARNING = /\bWARN(?:ING)?\b|"level":\s?(?:"warn(?:ing)?"|40)/;

/** A line, when it was written, and in which log. */
interface Dated {
  atMs: number;
  source: string;
  line: string;
}

export const timeline: Collector<'logs'> = {
  name: TIMELINE,
  beside: true,
  timeoutMs: LIMIT_MS,
  async collect({ report, startedAtMs, settings, add, commandMs }): Promise<Collected> {
    const { detectedAtMs } = report;
    const logs = await Promise.all(
      settings.logs.map((path) => recentLines(path, detectedAtMs, ERRORS_WITHIN_MS)),
    );
    const lines = logs.flatMap(({ path, lines: own }) => datedIn(own, basename(path)));
    const journal = await journalAround(detectedAtMs, commandMs);
    const around = [...lines, ...journal.lines, seenBy(report)]
      .filter(({ atMs }) => Math.abs(atMs - detectedAtMs) <= AROUND_MS)
      .toSorted((a, b) => a.atMs - b.atMs);
    const item = await add(TIMELINE, asText(around.map(told)));
    const since = startedAtMs === null ? -Infinity : startedAtMs - START_GRAIN_MS;
    const faults = await add(ERRORS, lastFaults(lines.filter(({ atMs }) => atMs >= since)));
    const detail = `${item.detail}${journal.why}${withoutSkipped(logs)}`;
    return { items: [{ ...item, detail }, faults], facts: {} };
  },
};

/** Those before the first line with a time are of nobody knows when. */
export function datedIn(lines: readonly string[], source: string): Dated[] {
  let atMs: number | null = null;
  return lines.flatMap((line) => {
    atMs = timeOf(line) ?? atMs;
    return atMs === null ? [] : [{ atMs, source, line }];
  });
}

/** Oldest first; errors and warnings each within their number. That there are none is told of lines that were read. */
export function lastFaults(lines: readonly Dated[]): string {
  const sorted = lines.toSorted((a, b) => a.atMs - b.atMs);
  const errors = sorted.filter(({ line }) => IS_ERROR.test(line)).slice(-MOST_ERRORS);
  const warnings = sorted
    .filter(({ line }) => !IS_ERROR.test(line) && IS_WARNING.test(line))
    .slice(-MOST_WARNINGS);
  if (lines.length === 0) return '';
  const parts = ['errors', ...toldOrNone(errors), '', 'warnings', ...toldOrNone(warnings)];
  return asText(parts);
}

function toldOrNone(lines: readonly Dated[]): string[] {
  return lines.length === 0 ? ['none'] : lines.map(told);
}

function asText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function told({ atMs, source, line }: Dated): string {
  return `${new Date(atMs).toISOString()} ${source}: ${line}`;
}

function seenBy({ detectedAtMs, suspicion, probe, detail }: CrashReport): Dated {
  const line = `crash detected, ${suspicion}, by ${probe}: ${detail}`;
  return { atMs: detectedAtMs, source: 'agent', line };
}

/** The journal holds what the kernel, services and an agent under systemd have said. */
async function journalAround(atMs: number, timeoutMs: number) {
  const second = (ms: number) => `@${Math.floor(ms / 1_000)}`;
  const span = ['--since', second(atMs - AROUND_MS), '--until', second(atMs + AROUND_MS)];
  const args = ['--no-pager', '--quiet', '--output=short-unix', ...span];
  const outcome = await runCommand('journalctl', args, { timeoutMs });
  const why = outcome.ok ? '' : `; without the journal: ${outcome.why}`;
  return { lines: outcome.stdout.split('\n').flatMap(journalLine), why };
}

/** Seconds since the epoch stand before it, whatever the zone of this machine. */
function journalLine(text: string): Dated[] {
  const [, seconds, line] = /^(\d{1,12}\.\d{1,9}) (.*)$/.exec(text) ?? [];
  if (seconds === undefined || line === undefined) return [];
  return [{ atMs: Math.floor(Number(seconds) * 1_000), source: 'journal', line }];
}
