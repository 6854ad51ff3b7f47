/** `relight status`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STEP_TITLES } from '../../../workflows/domain/record.js';
import type { EngineStatus, Operations } from '../operations.js';
import { ageText, EXIT, print, printJson } from '../output.js';
import { table } from '../tables/text.js';

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
  if (recovery !== null) {
    const rows = recovery.steps.map((step) => [
      `  ${STEP_TITLES[step.name]}`,
      step.status,
      ageText((step.endedAtMs ?? Date.now()) - step.startedAtMs),
      step.detail,
    ]);
    lines.push(table(['  step', 'status', 'took', 'detail'], rows));
  }
  return lines.join('\n');
}
