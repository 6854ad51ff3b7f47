/** `relight status`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from '../../../workflows/domain/content/printable.js';
import { checkCodeOf } from '../../../workflows/domain/gates/decision.js';
import { STEP_TITLES, type RecoveryRecord } from '../../../workflows/domain/record.js';
import { foreignWords } from '../../../workflows/domain/crash/home.js';
import { repeatedLines } from '../../../workflows/domain/crash/repeats.js';
import { drillTitle } from '../../../workflows/domain/steering/drill.js';
import { movedWords } from '../../../workflows/domain/steering/fail-over.js';
import { refusalWords } from '../../../workflows/domain/trust/refusals.js';
import { describeUndelivered } from '../../../workflows/domain/undelivered.js';
import type { EngagedSwitch } from '../answers/status.js';
import type { EngineStatus, Operations } from '../operations.js';
import { EXIT, ageText, print, printJson, printLine } from '../output.js';
import { table } from '../tables/text.js';
import { counted } from '../../../workflows/domain/content/counted.js';

const WATCH_EVERY_MS = 1_000;

export interface StatusOptions {
  engine?: string;
  watch?: boolean;
  json?: boolean;
}

export async function status(operations: Operations, options: StatusOptions): Promise<number> {
  const engines = options.engine === undefined ? operations.engines() : [options.engine];
  for (;;) {
    const all = await Promise.all(engines.map((engineId) => operations.status(engineId)));
    if (options.json === true) printJson(all);
    else print(all.map(describe).join('\n\n'));
    if (options.watch !== true) return exitOf(all);
    await sleep(WATCH_EVERY_MS);
    printLine('');
  }
}

function exitOf(all: readonly EngineStatus[]): number {
  if (all.some(({ notWatched }) => notWatched !== undefined)) return EXIT.negative;
  return all.every(({ unread }) => unread.length === 0) ? EXIT.done : EXIT.unknown;
}

function describe(status: EngineStatus): string {
  const { engineId, guardian, killSwitches, recovery, gate, unread } = status;
  const lines = [
    `${engineId}: ${headline(status)}`,
    ...missingLines(status),
    ...killSwitches.map(switchLine),
    ...unread.map((what) => `  COULD NOT BE ASKED: ${what}`),
    ...versionLines(status),
    ...guardianLines(status),
    ...(guardian === null || guardian.hold === null ? [] : [`  on hold: ${guardian.hold.reason}`]),
    ...(guardian?.refused === undefined ? [] : [`  NOT TAKEN: ${refusalWords(guardian.refused)}`]),
    ...(gate === null
      ? []
      : [`  QUESTION ${gate.gateId} (check code ${checkCodeOf(gate)}): ${gate.question}`]),
  ];
  if (status.withoutTemporal !== undefined) lines.push(`  ${status.withoutTemporal}`);
  if (recovery !== null) lines.push(...untakenLines(recovery));
  return [...lines.map(printable), ...(recovery === null ? [] : [stepsTable(recovery)])].join('\n');
}

/** What nobody does for it that somebody should. */
function missingLines({ notWatched, noShadow }: EngineStatus): string[] {
  return [
    ...(notWatched === undefined ? [] : [`  NOT WATCHED: ${notWatched}`]),
    ...(noShadow === undefined ? [] : [`  NO SHADOW: ${noShadow}`]),
  ];
}

/** Where it is engaged says what it keeps from happening. */
function switchLine({ host, reason, by, at }: EngagedSwitch): string {
  const where = host === null ? 'at its guardian' : `on this machine (${host})`;
  const turned = by === null || at === null ? '' : ` by ${by}, ${at}`;
  return `  KILL SWITCH ENGAGED ${where}${turned}: ${reason}`;
}

function headline({ recovery, unread }: EngineStatus): string {
  if (recovery !== null) return `${headOf(recovery)} ${recovery.outcome}`;
  return unread.length === 0 ? 'no open incident' : 'not known';
}

function headOf({ drill }: RecoveryRecord): string {
  return drill === undefined ? 'recovery' : drillTitle('recovery');
}

/** Which code works on the engine, and which will take its next crash. */
function versionLines({ version }: EngineStatus): string[] {
  if (version === undefined) return [];
  const { buildId, current } = version;
  const what = `  on version ${buildId}`;
  if (current === buildId) return [what];
  return [`${what} until it has no open incident; then on ${current ?? 'code without a version'}`];
}

function guardianLines({ guardian, recovery, unread }: EngineStatus): string[] {
  if (guardian === null) return unread.length === 0 ? ['  never reported a crash'] : [];
  const { epoch, crashTimesMs, past, host, moved, foreign } = guardian;
  const last = past.at(-1);
  const isKept = recovery !== null || last === undefined || unread.length > 0;
  return [
    `  epoch ${epoch}, ${counted(crashTimesMs.length, 'crash', 'crashes')} in the window`,
    ...againLines(guardian),
    ...(host === undefined || moved !== undefined ? [] : [`  died last on ${host}`]),
    ...(moved === undefined ? [] : [`  failed over ${movedWords(moved)}`]),
    ...(foreign === undefined ? [] : [`  OF ANOTHER HOST: ${foreignWords(foreign)}`]),
    ...(isKept
      ? []
      : [
          `  last recovery ${last.incidentId}: ${last.outcome}; Temporal keeps no record of it now`,
        ]),
  ];
}

function againLines({ deaths = [] }: NonNullable<EngineStatus['guardian']>): string[] {
  return repeatedLines(deaths).map((line) => `  AGAIN: ${line}`);
}

function untakenLines({ undelivered = [], refused }: RecoveryRecord): string[] {
  const untold = describeUndelivered(undelivered);
  return [
    ...(untold === null ? [] : [`  NOT TOLD TO EVERYBODY: ${untold}`]),
    ...(refused === undefined ? [] : [`  NOT TAKEN: ${refusalWords(refused)}`]),
  ];
}

function stepsTable({ steps }: RecoveryRecord): string {
  const rows = steps.map((step) => [
    `  ${STEP_TITLES[step.name]}`,
    step.status,
    ageText((step.endedAtMs ?? Date.now()) - step.startedAtMs),
    step.detail,
  ]);
  return table(['  step', 'status', 'took', 'detail'], rows);
}
