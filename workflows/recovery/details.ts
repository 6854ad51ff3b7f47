/**
 * What a person sees in the Temporal UI and in notices: the state of a recovery in Markdown, for
 * someone who has never seen the code. Bounded in bytes, well below the server's 20,000; what is cut
 * says so.
 *
 * Invariant: what comes from outside stands in it as words or code, and never as Markdown.
 */
import { setCurrentDetails } from '@temporalio/workflow';
import { markdownCode, markdownWords } from '../domain/content/markdown.js';
import { cutToBytes } from '../domain/content/shortened.js';
import { capabilityWords } from '../domain/engine/integration.js';
import { seenWords } from '../domain/crash/repeats.js';
import type { GateRequest } from '../domain/gates/gate.js';
import { markdownScreen } from '../domain/gates/screen/markdown.js';
import { screenOf } from '../domain/gates/screen/screen.js';
import { utcTimes } from '../domain/gates/screen/times.js';
import { KIND_WORDS } from '../domain/gates/screen/title.js';
import { STEP_TITLES, type RecoveryRecord, type StepStatus } from '../domain/record.js';
import { refusalWords } from '../domain/trust/refusals.js';
import { describeUndelivered } from '../domain/undelivered.js';
import type { Recovery } from './context.js';

const MARKS: Record<StepStatus, string> = {
  running: 'running',
  done: 'done',
  waiting: '**waiting for a person**',
  failed: '**failed**',
};
/** In bytes. */
const LONGEST = { all: 18_000, question: 7_000, detail: 300 } as const;

/** Shows the recovery as it now is. */
export function publish({ record, gates }: Recovery): void {
  setCurrentDetails(describeRecovery(record, gates.open(), Date.now()));
}

export function describeRecovery(
  record: RecoveryRecord,
  gate: GateRequest | null,
  nowMs: number,
): string {
  const seconds = Math.round(((record.endedAtMs ?? nowMs) - record.startedAtMs) / 1000);
  const cause = record.classification;
  const again = seenWords(cause?.seen);
  const untold = describeUndelivered(record.undelivered ?? []);
  const text = [
    `## ${markdownWords(record.engineId)}: ${record.outcome}` +
      (record.outcomeDetail && ` (${markdownWords(record.outcomeDetail)})`),
    `Incident ${markdownCode(record.incidentId)} · epoch ${record.epoch} · ${seconds} s · crash ` +
      `${record.crashCount} in the window`,
    cause === null
      ? ''
      : `Cause: **${cause.cause}** (${cause.confidence}): ${markdownWords(cause.because)}`,
    again === null ? '' : `**Again:** ${markdownWords(again)}`,
    gate === null
      ? ''
      : `### Question: ${markdownWords(KIND_WORDS[gate.kind])}\n\n${gateMarkdown(gate)}`,
    untold === null ? '' : `**Not told to everybody:** ${markdownWords(untold)}`,
    record.refused === undefined
      ? ''
      : `**Not taken:** ${markdownWords(refusalWords(record.refused))}`,
    notOffered(record),
    '### Steps',
    ...record.steps.map(
      ({ name, status, detail }) =>
        `- ${STEP_TITLES[name]}: ${MARKS[status]}` +
        (detail && ` - ${markdownWords(cutToBytes(detail, LONGEST.detail))}`),
    ),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
  return cutToBytes(
    text,
    LONGEST.all,
    '\n\n… cut here: `relight status` and `relight gates` tell all',
  );
}

function notOffered({ integration }: RecoveryRecord): string {
  if (integration === undefined) return '';
  const lines = integration.map(capabilityWords).join('; ');
  return `**Not offered by the engine:** ${markdownWords(lines)}`;
}

/** The question whole, as far as there is room; the same facts as everywhere. `most`: characters. */
export function gateMarkdown(gate: GateRequest, most: number = LONGEST.question): string {
  return markdownScreen(screenOf(gate, utcTimes), most);
}
