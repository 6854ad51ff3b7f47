/** `relight unit-failed`: hands to the agent of this machine what systemd says of a failed service. */
import { plain } from '../../../workflows/domain/content/plain.js';
import { UnitFailure } from '../../../workflows/domain/crash/unit-failure.js';
import type { Operations } from '../operations.js';
import { EXIT, sayLine } from '../output.js';
import { UsageError } from '../usage-error.js';

export async function unitFailed(
  operations: Pick<Operations, 'unitFailed'>,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const read = Object.entries(VARIABLES).map(([field, name]) => [field, environment[name] ?? '']);
  const failure = UnitFailure.safeParse(Object.fromEntries(read));
  if (!failure.success) {
    const faulty = failure.error.issues.map(({ path }) => VARIABLES[String(path[0])] ?? '');
    const given = [...new Set(faulty)].map((name) => `${name} is ${valueOf(environment[name])}`);
    throw new UsageError(
      `${given.join(', ')}: that is not as systemd gives it. Let systemd itself run this command, as a ` +
        'unit that OnFailure= of the one service names (systemd 251 or later): docs/liveness.md has both units',
    );
  }
  const engines = await operations.unitFailed(failure.data);
  const { unit, result } = failure.data;
  sayLine(`${unit} (${result}) is told to the agent that watches ${engines.join(', ')}`);
  return EXIT.done;
}

const LONGEST_SHOWN = 60;

function valueOf(value: string | undefined): string {
  if (value === undefined || value === '') return 'not set';
  return `"${plain(value, LONGEST_SHOWN)}"`;
}

const VARIABLES: Readonly<Record<string, string>> = {
  unit: 'MONITOR_UNIT',
  invocationId: 'MONITOR_INVOCATION_ID',
  result: 'MONITOR_SERVICE_RESULT',
  code: 'MONITOR_EXIT_CODE',
  status: 'MONITOR_EXIT_STATUS',
};
