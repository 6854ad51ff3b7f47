/** `relight status` as lines: in one word how an engine stands, then why, who looks after it, and what is open. */
import { counted } from '../../../workflows/domain/content/counted.js';
import { foreignWords } from '../../../workflows/domain/crash/home.js';
import { repeatedLines } from '../../../workflows/domain/crash/repeats.js';
import { checkCodeOf } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { durationText } from '../../../workflows/domain/numbers/duration-text.js';
import type { EngineState } from '../../../workflows/domain/readiness/standing.js';
import {
  STEP_TITLES,
  type RecoveryRecord,
  type StepRecord,
  type StepStatus,
} from '../../../workflows/domain/record.js';
import { drillTitle } from '../../../workflows/domain/steering/drill.js';
import { movedWords } from '../../../workflows/domain/steering/fail-over.js';
import { refusalWords } from '../../../workflows/domain/trust/refusals.js';
import { describeUndelivered } from '../../../workflows/domain/undelivered.js';
import type { EngagedSwitch } from '../answers/status.js';
import type { EngineStatus } from '../operations.js';
import type { Line, Tone } from '../screen.js';
import { momentSince, momentText } from './moments.js';

/** Null: without what changes while nothing happens. */
export type Now = number | null;

const HEADLINES: Record<EngineState, { words: string; tone: Tone }> = {
  trading: { words: 'TRADING', tone: 'good' },
  recovering: { words: 'RECOVERING', tone: 'waiting' },
  waiting: { words: 'WAITING FOR YOU', tone: 'waiting' },
  stopped: { words: 'STOPPED', tone: 'bad' },
  not_watched: { words: 'NOT WATCHED', tone: 'bad' },
  not_known: { words: 'NOT KNOWN', tone: 'bad' },
};

export function statusLines(status: EngineStatus, now: Now): Line[] {
  const { guardian, killSwitches, recovery, gate, unread } = status;
  return [
    ...headLines(status),
    ...killSwitches.map((turned) => bad(switchLine(turned, now))),
    ...unread.map((what) => bad(`  COULD NOT BE ASKED: ${what}`)),
    ...(gate === null ? [] : questionLines(gate, now)),
    ...(guardian === null || guardian.hold === null
      ? []
      : [bad(`  ON HOLD, no crash is recovered from: ${guardian.hold.reason}`)]),
    ...partLines(status),
    ...plain(versionLines(status)),
    ...plain(guardianLines(status, now)),
    ...(status.noShadow === undefined ? [] : [bad(`  NO SHADOW: ${status.noShadow}`)]),
    ...(status.withoutTemporal === undefined ? [] : plain([`  ${status.withoutTemporal}`])),
    ...(guardian?.refused === undefined
      ? []
      : [bad(`  NOT TAKEN: ${refusalWords(guardian.refused)}`)]),
    ...(recovery === null ? [] : recoveryLines(recovery, now)),
  ];
}

function bad(text: string): Line {
  return { text, tone: 'bad' };
}

function plain(texts: readonly string[]): Line[] {
  return texts.map((text) => ({ text }));
}

function headLines({ engineId, standing, notWatched }: EngineStatus): Line[] {
  const { state, percent, why } = standing;
  const { words, tone } = HEADLINES[state];
  const unseen =
    notWatched === undefined || notWatched === why ? [] : [bad(`  NOT WATCHED: ${notWatched}`)];
  const granted = percent === null ? '' : ` ${percent} %`;
  return [{ text: `${engineId}: ${words}${granted}`, tone }, { text: `  ${why}` }, ...unseen];
}

/** Where it is engaged says what it keeps from happening. */
function switchLine({ host, reason, by, at }: EngagedSwitch, now: Now): string {
  const where = host === null ? 'at its guardian' : `on this machine (${host})`;
  const turned = by === null || at === null ? '' : ` by ${by}, ${time(Date.parse(at), now)}`;
  return `  KILL SWITCH ENGAGED ${where}${turned}: ${reason}`;
}

function questionLines(gate: GateRequest, now: Now): Line[] {
  const { gateId, question, expiresAtMs } = gate;
  const until = expiresAtMs === null ? 'as long as it takes' : `until ${time(expiresAtMs, now)}`;
  return [
    {
      text: `  QUESTION ${gateId} (check code ${checkCodeOf(gate)}): ${question}`,
      tone: 'waiting',
    },
    { text: `  it waits ${until}; look and answer: relight gates` },
    {
      text: '  the check code is the same wherever this question is shown: compare it',
      tone: 'quiet',
    },
  ];
}

function partLines({ standing: { parts } }: EngineStatus): Line[] {
  return (['agent', 'worker', 'engine', 'venues'] as const).map((name) => {
    const { state, says } = parts[name];
    const text = `  ${name.padEnd(6)} ${STATES[state]}: ${says}`;
    return state === 'dead' ? bad(text) : { text, tone: 'quiet' };
  });
}

const STATES = { alive: 'alive', dead: 'DEAD', not_known: 'not known' } as const;

/** Which code works on the engine, and which will take its next crash. */
function versionLines({ version }: EngineStatus): string[] {
  if (version === undefined) return [];
  const { buildId, current } = version;
  const what = `  on version ${buildId}`;
  if (current === buildId) return [what];
  return [`${what} until it has no open incident; then on ${current ?? 'code without a version'}`];
}

function guardianLines({ guardian, recovery, unread }: EngineStatus, now: Now): string[] {
  if (guardian === null) return unread.length === 0 ? ['  never reported a crash'] : [];
  const { epoch, crashTimesMs, past, deaths = [] } = guardian;
  const last = recovery === null && unread.length === 0 ? past.at(-1) : undefined;
  const lastCrashMs = crashTimesMs.at(-1);
  const crashed = lastCrashMs === undefined ? '' : `, the last ${time(lastCrashMs, now)}`;
  return [
    `  epoch ${epoch}, ${counted(crashTimesMs.length, 'crash', 'crashes')} in the window${crashed}`,
    ...repeatedLines(deaths).map((line) => `  AGAIN: ${line}`),
    ...hostLines(guardian),
    ...(last === undefined
      ? []
      : [
          `  last recovery ${last.incidentId}: ${last.outcome}; Temporal keeps no record of it now`,
        ]),
  ];
}

function hostLines({ host, moved, foreign }: NonNullable<EngineStatus['guardian']>): string[] {
  return [
    ...(host === undefined || moved !== undefined ? [] : [`  died last on ${host}`]),
    ...(moved === undefined ? [] : [`  failed over ${movedWords(moved)}`]),
    ...(foreign === undefined ? [] : [`  OF ANOTHER HOST: ${foreignWords(foreign)}`]),
  ];
}

function recoveryLines(record: RecoveryRecord, now: Now): Line[] {
  const { drill, outcome, incidentId, startedAtMs, endedAtMs, undelivered = [], refused } = record;
  const what = drill === undefined ? 'recovery' : drillTitle('recovery');
  const ended = endedAtMs === null ? '' : `, ended ${time(endedAtMs, now)}`;
  const untold = describeUndelivered(undelivered);
  return [
    { text: `  ${what} ${incidentId} ${outcome}: began ${time(startedAtMs, now)}${ended}` },
    ...(untold === null ? [] : [bad(`  NOT TOLD TO EVERYBODY: ${untold}`)]),
    ...(refused === undefined ? [] : [bad(`  NOT TAKEN: ${refusalWords(refused)}`)]),
    ...stepLines(record, now),
  ];
}

const TONES: Partial<Record<StepStatus, Tone>> = {
  waiting: 'waiting',
  failed: 'bad',
  done: 'quiet',
};

/** Of the attempt that is under way, or was the last; those before stand in `relight incident`. */
function stepLines({ steps, crashes }: RecoveryRecord, now: Now): Line[] {
  const last = new Map(steps.map((step) => [step.name, step]));
  const shown = [...last.values()].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const again =
    crashes.length > 1 ? [{ text: `  ${counted(crashes.length, 'attempt')}, the last:` }] : [];
  return [...again, ...shown.map((step) => stepLine(step, now))];
}

export function stepLine(step: StepRecord, now: Now): Line {
  const { name, status, startedAtMs, endedAtMs, detail } = step;
  const toMs = endedAtMs ?? now;
  const took = toMs === null ? '' : durationText(Math.max(0, toMs - startedAtMs));
  const words = [status.padEnd(7), STEP_TITLES[name].padEnd(28), took.padStart(11), detail];
  const tone = TONES[status];
  const text = `    ${words.join(' ')}`.trimEnd();
  return tone === undefined ? { text } : { text, tone };
}

function time(ms: number, now: Now): string {
  return now === null ? momentText(ms) : momentSince(ms, now);
}
