/** `relight status` and `relight report`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { STEP_TITLES, type RecoveryRecord } from '../../workflows/domain/record.js';
import { describeUndelivered } from '../../workflows/domain/undelivered.js';
import type { EngineStatus, Operations } from './operations.js';
import { ageText, EXIT, print, printJson, say, table } from './output.js';

const WATCH_EVERY_MS = 1_000;

type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

export function addStatusCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('status')
    .description('every engine: its guardian, its recovery, its open question')
    .option('--engine <id>', 'only this engine')
    .option('--watch', 'again every second, until interrupted')
    .option('--json', 'print JSON')
    .action((options: { engine?: string; watch?: boolean; json?: boolean }) =>
      withOperations((operations) => status(operations, options)),
    );
  program
    .command('report [incident]')
    .description('reports of past recoveries; with an incident, its files')
    .option('--json', 'print JSON')
    .action((incident: string | undefined, options: { json?: boolean }) =>
      withOperations((operations) => report(operations, incident, options)),
    );
}

async function status(
  operations: Operations,
  options: { engine?: string; watch?: boolean; json?: boolean },
): Promise<number> {
  const engines = options.engine === undefined ? operations.engines() : [options.engine];
  for (;;) {
    const all = await Promise.all(engines.map((engineId) => operations.status(engineId)));
    if (options.json === true) printJson(all);
    else print(all.map(describe).join('\n\n'));
    if (options.watch !== true) return EXIT.done;
    await sleep(WATCH_EVERY_MS);
    print('');
  }
}

function describe({ engineId, guardian, killSwitch, recovery, gate }: EngineStatus): string {
  const lines = [
    `${engineId}: ${recovery === null ? 'no open incident' : `recovery ${recovery.outcome}`}`,
    ...(killSwitch.engaged ? [`  KILL SWITCH ENGAGED: ${killSwitch.reason}`] : []),
    ...(guardian === null
      ? ['  never reported a crash']
      : [`  epoch ${guardian.epoch}, ${guardian.crashTimesMs.length} crash(es) in the window`]),
    ...(guardian === null || guardian.hold === null ? [] : [`  on hold: ${guardian.hold.reason}`]),
    ...(gate === null ? [] : [`  QUESTION ${gate.gateId}: ${gate.question}`]),
  ];
  if (recovery !== null) lines.push(...recoveryLines(recovery));
  return lines.join('\n');
}

function recoveryLines({ undelivered = [], steps }: RecoveryRecord): string[] {
  const untold = describeUndelivered(undelivered);
  const rows = steps.map((step) => [
    `  ${STEP_TITLES[step.name]}`,
    step.status,
    ageText((step.endedAtMs ?? Date.now()) - step.startedAtMs),
    step.detail,
  ]);
  return [
    ...(untold === null ? [] : [`  NOT TOLD TO EVERYBODY: ${untold}`]),
    table(['  step', 'status', 'took', 'detail'], rows),
  ];
}

async function report(
  operations: Operations,
  incident: string | undefined,
  options: { json?: boolean },
): Promise<number> {
  const all = await operations.reports();
  const shown = incident === undefined ? all : all.filter((r) => r.incidentId === incident);
  if (options.json === true) printJson(shown);
  else if (shown.length > 0) {
    const rows = shown.map((r) => [r.incidentId, r.outcome, r.pdf, r.json]);
    print(table(['incident', 'outcome', 'pdf', 'json'], rows));
  } else if (incident === undefined) {
    print('No report yet.');
  }
  if (shown.length > 0 || incident === undefined) return EXIT.done;
  say(`No report of incident "${incident}". List them with: relight report`);
  return EXIT.negative;
}
