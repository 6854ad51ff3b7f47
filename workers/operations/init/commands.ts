/** The commands of an engine, found by how its team has them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandName } from '../../../clients/engine/commands/command-names.js';
import type { ControlAnswer } from '../../../clients/cli/answers/init.js';

type ByCommands = Exclude<ControlAnswer, { by: 'http' }>;

export interface InitCommand {
  name: CommandName;
  argv: string[];
  answers: 'exit' | 'positions';
  /** Other arguments for the level `all`. */
  all: string[] | null;
  /** There is none yet: the next weaker proof takes its place. */
  isMissing: boolean;
}

/** What a recovery asks of every engine; the rest is for those that boot from no file. */
const NAMES = [
  'quickHealth',
  'comprehensiveHealth',
  'state',
  'riskLimits',
  'setLimits',
  'enableStrategies',
  'shutdown',
] as const satisfies readonly CommandName[];
const HOLES: Partial<Record<CommandName, string[]>> = {
  setLimits: ['{percent}'],
  enableStrategies: ['{level}'],
  shutdown: ['{mode}'],
};

/** The procedure's own scripts. */
const SCRIPTS: Record<(typeof NAMES)[number], string[]> = {
  quickHealth: ['health_check.sh', '--quick'],
  comprehensiveHealth: ['health_check.sh', '--comprehensive'],
  state: ['get_internal_positions.sh', '--json'],
  riskLimits: ['verify_risk_limits.sh'],
  setLimits: ['set_position_limits.sh', '--percentage', '{percent}'],
  enableStrategies: ['enable_strategies.sh', '--risk-level', '{level}'],
  shutdown: ['emergency_shutdown.sh'],
};

export function commandsOf(control: ByCommands): InitCommand[] {
  return NAMES.map((name) => {
    const answers = name === 'state' ? ('positions' as const) : ('exit' as const);
    const argv = argvOf(control, name);
    const isMissing = control.by === 'scripts' && !existsSync(argv[0] ?? '');
    const hasAll = control.by === 'scripts' && name === 'enableStrategies';
    return { name, argv, answers, all: hasAll ? [argv[0] ?? '', '--all'] : null, isMissing };
  });
}

function argvOf(control: ByCommands, name: (typeof NAMES)[number]): string[] {
  if (control.by === 'program') return [control.program, name, ...(HOLES[name] ?? [])];
  const [script = '', ...rest] = SCRIPTS[name];
  return [join(control.folder, script), ...rest];
}
