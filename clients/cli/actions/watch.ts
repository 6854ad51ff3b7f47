/**
 * `relight watch`: passes on stdout, one after the other; talk on stderr.
 *
 * Invariant: what is not known is said with its reason when it begins and when the reason changes.
 */
import { isDifference } from '../../../workflows/domain/reconciliation/watch.js';
import type { WatchPass } from '../answers/schemas.js';
import type { Operations, Undelivered } from '../operations.js';
import { EXIT, printLine, sayLine } from '../output.js';
import { countsText, silenceText, sourceText } from '../tables/reconciliation.js';
import { UsageError } from '../usage-error.js';
import { chosen } from './engine.js';
import { counted } from '../../../workflows/domain/content/counted.js';

export interface WatchOptions {
  engine?: string;
  every: string;
  json?: boolean;
}

/** A day: beyond, it is no watch, and far beyond, a timer would fire at once. */
const MAX_SECONDS = 86_400;

export async function watch(
  operations: Operations,
  { engine, every, json }: WatchOptions,
): Promise<number> {
  const everyMs = millisecondsOf(every);
  const engineId = chosen(operations, engine);
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  if (json !== true) sayLine(`Watching ${engineId} every ${everyMs / 1000} s; Ctrl-C ends it.`);
  const last = await operations.watch(engineId, {
    everyMs,
    signal: stop.signal,
    onPass: json === true ? (pass) => printLine(JSON.stringify(pass)) : createPassPrinter(),
    onUndelivered: sayUndelivered,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  return exitCodeOf(last);
}

function millisecondsOf(every: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(every) ? Number(every) : NaN;
  if (seconds >= 1 && seconds <= MAX_SECONDS) return Math.round(seconds * 1000);
  throw new UsageError(`--every is "${every}": give a number of seconds from 1 to ${MAX_SECONDS}`);
}

function exitCodeOf(last: WatchPass | null): number {
  if (last === null) return EXIT.unknown;
  const { open, unreadable, source } = last;
  if (open.some(isDifference)) return EXIT.negative;
  const isWhole = open.length === 0 && unreadable.length === 0 && source.kind === 'engine';
  return isWhole ? EXIT.done : EXIT.unknown;
}

function sayUndelivered({ channel, why, kept, dropped }: Undelivered): void {
  const lost = dropped === 0 ? '' : `; ${dropped} LOST, because too many are kept`;
  sayLine(`${channel} DOES NOT TAKE ALARMS: ${why}; ${kept} kept for the next pass${lost}`);
}

/** Remembers what was said to be unknown, so as to say it once. */
function createPassPrinter(): (pass: WatchPass) => void {
  let said = new Set<string>();
  return (pass) => {
    const at = new Date(pass.atMs).toISOString();
    const unread = unreadTexts(pass);
    for (const text of unread) if (!said.has(text)) printLine(`${at}  unread   ${text}`);
    said = new Set(unread);
    for (const { text } of pass.raised) printLine(`${at}  ALARM    ${text}`);
    for (const { text } of pass.cleared) printLine(`${at}  cleared  ${text}`);
    const { counts, open } = pass;
    const alarms = open.length === 0 ? '' : `; ${counted(open.length, 'alarm')} open`;
    printLine(`${at}  ${sourceText(pass.source)}: ${countsText(counts)}${alarms}`);
  };
}

function unreadTexts({ source, unreadable }: WatchPass): string[] {
  const silence = silenceText(source);
  return [
    ...(silence === null ? [] : [silence]),
    ...unreadable.map(({ venue, why }) => `${venue}: ${why}`),
  ];
}
