/**
 * What people are told of a crash at once, before any recovery: in words, with figures and time.
 *
 * Invariants: the same death is the same notice, to its key, whoever tells it and however often; text from
 * the engine is words, and never Markdown.
 */
import { markdownLines, markdownWords } from '../content/markdown.js';
import { firstOf } from '../content/shortened.js';
import { utcText } from '../content/utc-text.js';
import { containedWords, isWhole, type Contained } from './contained.js';
import type { NoticeState } from '../notices/states.js';
import { releaseCommand } from '../notices/shutdown-command.js';
import { disconnectedAtDeath } from '../engine/connections.js';
import { ranAs, type CrashReport, type Suspicion } from './report.js';

export type SwitchReading = 'engaged' | 'released' | 'unreadable';

export interface Circumstances {
  incidentId: string;
  /** In the window, this one included; null where they could not be counted. */
  count: number | null;
  limits: { maxCrashes: number; windowMs: number };
  killSwitch: SwitchReading;
}

export interface CrashNotice {
  incidentId: string;
  engineId: string;
  severity: 'critical' | 'warning';
  title: string;
  text: string;
  dedupKey: string;
  state: NoticeState;
}

const STATES: Record<Suspicion, string> = {
  dead: 'it died',
  dumping_core: 'it is dying, and writes its core',
  hung: 'it hangs',
  never_came_up: 'it never came up',
};

const LONGEST_DETAIL = 500;

/** Key: of the death alone, so that a detector which begins anew tells nothing twice. */
export function crashNotice(report: CrashReport, circumstances: Circumstances): CrashNotice {
  const { engineId } = report;
  const { incidentId } = circumstances;
  return {
    incidentId,
    engineId,
    severity: 'critical',
    title: markdownWords(titleOf(report, circumstances)),
    text: markdownLines(textOf(report, circumstances)),
    dedupKey: `${incidentId}:crashed`,
    state: 'crashed',
  };
}

function isLoop({ count, limits }: Pick<Circumstances, 'count' | 'limits'>): boolean {
  return count !== null && count > limits.maxCrashes;
}

function titleOf({ engineId, suspicion }: CrashReport, circumstances: Circumstances): string {
  const { count, limits, killSwitch } = circumstances;
  const figure =
    count === null ? 'how often is not known' : `crash ${count} in ${limits.windowMs / 1_000} s`;
  const loop = isLoop(circumstances) ? `CRASH LOOP (limit ${limits.maxCrashes}), ` : '';
  const held = killSwitch === 'engaged' ? '; its kill switch is engaged: NOBODY RECOVERS IT' : '';
  const what = suspicion === 'never_came_up' ? 'does not run' : 'has crashed';
  return `${engineId} ${what}: ${loop}${STATES[suspicion]}, ${figure}${held}`;
}

function textOf(report: CrashReport, { killSwitch }: Circumstances): string {
  const { instance, host, probe, detail, detectedAtMs } = report;
  const beside = disconnectedAtDeath(report.disconnected);
  return [
    `${utcText(detectedAtMs)} on ${host}: ${firstOf(detail, LONGEST_DETAIL)} (seen by ${probe}).`,
    `Instance ${instance.instanceId}, ${firstOf(ranAs(instance), LONGEST_DETAIL)}.`,
    ...(beside === null ? [] : [`Besides, ${firstOf(beside, LONGEST_DETAIL)}.`]),
    nextText(killSwitch, report.engineId),
  ].join('\n');
}

function nextText(killSwitch: SwitchReading, engineId: string): string {
  return killSwitch === 'engaged'
    ? `${NEXT.engaged} ${releaseCommand(engineId)}`
    : NEXT[killSwitch];
}

const NEXT: Record<SwitchReading, string> = {
  engaged: 'Its kill switch is engaged, so no recovery begins. After a look:',
  released:
    'The guardian is told now, or as soon as Temporal answers; until then its orders are as they were.',
  unreadable:
    'Its kill switch cannot be read; the guardian is told now, or as soon as Temporal answers.',
};

interface Whose {
  incidentId: string;
  engineId: string;
  host: string;
}

/** `why`: of venues where, or of the whole because of which, nothing was done; empty where there is none. */
export function containedNotice(
  { incidentId, engineId, host }: Whose,
  contained: Contained | null,
  why: string,
): CrashNotice {
  const venues = contained?.venues ?? [];
  const cancelled = venues.reduce((sum, at) => sum + at.cancelled, 0);
  const whole = why === '' && contained !== null && isWhole(contained);
  const state = whole ? `its orders are contained, ${cancelled} cancelled` : 'ORDERS MAY BE LEFT';
  const said = [contained === null ? '' : containedWords(contained), why].filter((part) => part);
  const at = contained === null ? '' : `${utcText(contained.atMs)}, `;
  return {
    incidentId,
    engineId,
    severity: 'critical',
    title: markdownWords(`${engineId}: ${state} (by its agent on ${host})`),
    text: markdownLines(
      `${at}at the death of the engine, before any recovery: ${said.join('; ')}.`,
    ),
    dedupKey: `${incidentId}:contained-by-agent:${whole ? 'done' : 'left'}`,
    state: whole ? 'contained' : 'not_contained',
  };
}
