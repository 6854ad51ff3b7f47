/**
 * The scripts that trading teams have, as they were given to us and unchanged, beside a tiny engine under an
 * ENGINE_HOME of its own; and a control surface made of nothing else.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EngineControl } from '../../../activities/ports.js';
import {
  createCommandControl,
  type CommandControlSettings,
} from '../../../clients/engine/commands/command-control.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import { folderOf } from '../host/processes.js';

const SCRIPTS = fileURLToPath(new URL('./scripts/', import.meta.url));
const script = (name: string) => join(SCRIPTS, name);

const ENGINE = `#!/bin/sh
echo "engine with $*"
exec sleep 600
`;

const POSITIONS = `binanceusdm BTC/USDT:USDT 0.5 60000.10
krakenfutures ETH/USD:USD -2 3000
`;

type Commands = CommandControlSettings['commands'];

/** As levels/scripts.yaml has them. */
const COMMANDS = {
  quickHealth: { argv: [script('health_check.sh'), '--quick'], answers: 'exit' },
  comprehensiveHealth: { argv: [script('health_check.sh'), '--comprehensive'], answers: 'exit' },
  state: { argv: [script('get_internal_positions.sh'), '--json'], answers: 'positions' },
  riskLimits: { argv: [script('verify_risk_limits.sh')], answers: 'exit' },
  setLimits: {
    argv: [script('set_position_limits.sh'), '--percentage', '{percent}'],
    answers: 'exit',
  },
  enableStrategies: {
    argv: [script('enable_strategies.sh'), '--risk-level', '{level}'],
    answers: 'exit',
    levels: { all: [script('enable_strategies.sh'), '--all'] },
  },
  shutdown: { argv: [script('emergency_shutdown.sh')], answers: 'exit' },
} as const satisfies Commands;

const PLACES = [
  {
    venue: 'binanceusdm',
    account: 'main',
    instruments: ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'SOL/USD:USD'],
  },
  { venue: 'krakenfutures', account: 'main', instruments: ['ETH/USD:USD', 'SOL/USD:USD'] },
];

export interface ScriptRig {
  control: EngineControl;
  engineId: string;
  home: string;
  settings: CommandControlSettings;
  table: ReturnType<typeof createProcessTable>;
  put(name: string, content: string): void;
  read(name: string): string;
  start(change?: { instanceId?: string }): Promise<void>;
}

interface Change {
  commands?: Partial<Commands>;
  start?: readonly string[];
  returnsWithinMs?: number;
  timeoutMs?: number;
  environment?: Record<string, string>;
  secrets?: () => string[];
  watched?: CommandControlSettings['watched'];
}

let made = 0;

export function openScripts(t: TestContext, change: Change = {}): ScriptRig {
  const folder = folderOf(t);
  const home = join(folder, 'home');
  const engineId = `scripts-${process.pid}-${(made += 1)}`;
  mkdirSync(join(home, 'bin'), { recursive: true });
  const put = (name: string, content: string) => writeFileSync(join(home, name), content);
  put('bin/trading_engine', ENGINE);
  chmodSync(join(home, 'bin', 'trading_engine'), 0o755);
  put('positions', POSITIONS);
  put('risk_limits', 'max_order_notional=50000\n');
  const environment = { PATH: process.env['PATH'] ?? '', ENGINE_HOME: home };
  const settings: CommandControlSettings = {
    commands: { ...COMMANDS, ...change.commands },
    timeoutMs: change.timeoutMs ?? 10_000,
    places: PLACES,
    secrets: change.secrets ?? (() => []),
    ...(change.watched !== undefined && { watched: change.watched }),
    launch: {
      engineId,
      start: change.start ?? [script('start_services.sh'), '--no-trading'],
      returnsWithinMs: change.returnsWithinMs ?? 10_000,
      workingFolder: home,
      logFile: join(folder, 'logs', 'start.log'),
      environment: { ...environment, ...change.environment },
    },
  };
  const table = createProcessTable();
  t.after(async () => {
    for (const each of await table.ofEngine(engineId)) await table.kill(each, 'SIGKILL');
  });
  const control = createCommandControl(settings);
  return {
    control,
    engineId,
    home,
    settings,
    table,
    put,
    read: (name) => readFileSync(join(home, name), 'utf8'),
    start: async ({ instanceId = `${engineId}-e7` } = {}) =>
      control.start({ instanceId, statePath: '/state', epoch: 7, idempotencyKey: 'start' }),
  };
}
