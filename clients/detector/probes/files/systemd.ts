/**
 * What systemd says of a service that has failed: how its main process ended.
 *
 * Invariants: a failure is of one run of the service, which the process has the name of in its environment,
 * so that one of an earlier run says nothing of it; it is a fact of a death that the process table has
 * seen, and none of its own; one that is gone without a word is told too, because this may be the only
 * probe of its engine.
 */
import type { EngineInstance } from '../../../../workflows/domain/crash/report.js';
import { factsOfUnit, type UnitFailure } from '../../../../workflows/domain/crash/unit-failure.js';
import { environmentOf, livenessOf } from '../../../host/process-table.js';
import { runCommand } from '../../../host/run-command.js';
import { createUnitFailures } from '../../../host/unit-failures.js';
import { systemdKind } from '../../kinds/systemd.js';
import { defineProbe } from '../probe.js';
import { keepLookingInto } from './folder-looks.js';

const SHOW = { timeoutMs: 5_000, largestOutput: 4_096 };
const INVOCATION = /^(?:INVOCATION_ID|InvocationID)=([\da-f]{32})$/m;

/** `invocationId`: of the run that began it; null where nobody tells. */
interface Run {
  instance: EngineInstance;
  invocationId: string | null;
}

export const systemdProbe = defineProbe(systemdKind, ({ unit, everyMs }, watch, of) => {
  const failures = createUnitFailures(of.stateFolder);
  /** The last one: systemd tells of a failure when the death is known already. */
  let run: Run | null = null;
  async function look(): Promise<void> {
    if (run === null) return;
    const { instance, invocationId } = run;
    if ((await livenessOf(instance.pid, instance.startTicks)) !== 'gone') return;
    const failure = invocationId === null ? null : await failures.of({ unit, invocationId });
    watch.suspect(sightingOf(instance, failure));
  }
  const folders = async () => {
    await failures.open();
    return [failures.folder];
  };
  const isWanted = (name: string) => name.endsWith('.json');
  const looks = keepLookingInto({ everyMs, folders, isWanted }, watch, { kind: 'systemd', look });
  watch.onWatched((instance) => {
    run = { instance, invocationId: null };
    void invocationOf(unit, instance).then((invocationId) => {
      if (run?.instance === instance) run = { instance, invocationId };
    });
  });
  return looks;
});

function sightingOf(instance: EngineInstance, failure: UnitFailure | null) {
  const told = { instance, suspicion: 'dead', probe: 'unit_failure' } as const;
  if (failure === null) {
    return {
      ...told,
      detail: `pid ${instance.pid} is gone, and systemd has told no failure of it`,
    };
  }
  const { unit, result, code, status } = failure;
  const { exit, oomKilled } = factsOfUnit(failure);
  const detail = `systemd: ${unit} has failed (${result}: ${code} ${status})`;
  return {
    ...told,
    detail,
    ...(exit === null ? {} : { exit }),
    ...(oomKilled ? { oomKilled } : {}),
  };
}

/** As the process itself has it; where that cannot be read, as systemd has it for this very process. */
async function invocationOf(unit: string, { pid }: EngineInstance): Promise<string | null> {
  const environment = await environmentOf(pid).catch(() => '');
  const own = INVOCATION.exec(environment.replaceAll('\0', '\n'))?.[1];
  if (own !== undefined) return own;
  const args = ['show', '--property=MainPID,InvocationID', '--', unit];
  const outcome = await runCommand('systemctl', args, SHOW);
  if (!outcome.ok || !outcome.stdout.split('\n').includes(`MainPID=${pid}`)) return null;
  return INVOCATION.exec(outcome.stdout)?.[1] ?? null;
}
