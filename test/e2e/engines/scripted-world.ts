/**
 * A world of a team with scripts: one venue, Relight, and an engine that is started, asked and stopped by the
 * team's own scripts, as they were given to us and unchanged.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { createKeyFile, readKey } from '../../../clients/cli/actions/keys.js';
import { watchedInstance } from '../../../clients/detector/watched.js';
import { placeHere } from '../../../clients/host/place.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import { findTemporalCli } from '../../../clients/temporal/embedded/index.js';
import { startPart } from '../../../sandbox/demo/processes.js';
import { ON_CALL } from '../../../sandbox/demo/settings.js';
import type { World } from '../../../sandbox/demo/world.js';
import { startVenues } from '../../../sandbox/venues/index.js';
import { createVenueAdmin } from '../../../sandbox/venues/admin-client.js';
import { relightCommand } from '../../../workers/processes/self.js';
import { clientOf, lastLines } from './relight-up.js';
import { shortPolicy, STAGE } from './short-policy.js';

const SCRIPTS = fileURLToPath(new URL('../../clients/engine/scripts/', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./scripted-engine.mjs', import.meta.url));
const HOST = 'desk';

export const script = (name: string) => join(SCRIPTS, name);

export interface ScriptedWorld {
  /** As those who follow a recovery know one. */
  world: World;
  home: string;
  admin: World['admin'];
  pid: () => number;
  /** Whom the agent watches. */
  watched: () => ReturnType<typeof watchedInstance>;
  read: (name: string) => string;
  put: (name: string, content: string) => void;
  /** As a person at the engine's host would. */
  run: (name: string, ...args: string[]) => string;
  /** Temporal, worker and agent are stopped, and started anew. */
  restart: () => Promise<void>;
}

/** What this team has beside the procedure's scripts. */
export interface TeamOptions {
  commands?: Record<string, unknown>;
  checkpoints?: Record<string, unknown>;
  policy?: Record<string, unknown>;
}

export async function scriptedWorld(t: TestContext, team: TeamOptions): Promise<ScriptedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-scripted-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const venues = await startVenues();
  t.after(() => venues.close());
  const admin = createVenueAdmin(venues.adminUrl);
  const engineId = `scripted-${process.pid.toString(36)}`;
  const home = makeHome(join(folder, 'home'), {
    url: venues.urls.binanceusdm,
    ...venues.credentials.binanceusdm,
  });
  const files = writeFiles(folder, { home, engineId, team });
  const temporalCli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const env = { RELIGHT_TEMPORAL_CLI: temporalCli };
  const start = () =>
    startPart(relightCommand('up', '--config', files.relight), join(folder, 'relight.log'), {
      env,
    });
  let up = start();
  t.after(() => up.stop());
  t.after(() => t.diagnostic(lastLines(join(folder, 'relight.log'))));
  const client = await clientOf(t, { ...files, host: HOST });
  t.after(async () => {
    const table = createProcessTable();
    for (const each of await table.ofEngine(engineId)) await table.kill(each, 'SIGKILL');
  });
  const read = (name: string) => readFileSync(join(home, name), 'utf8');
  const world = {
    client,
    files: { ...files, engineId },
    admin,
    folder,
    thinkingMs: 0,
  } as unknown as World;
  return {
    world,
    restart: async () => {
      await up.stop();
      up = start();
      world.client = await clientOf(t, { ...files, host: HOST });
    },
    home,
    admin,
    pid: () => Number(read('pid')),
    watched: () =>
      watchedInstance({ stateFolder: files.dataDir, engineId, place: placeHere(HOST) }),
    read,
    put: (name, content) => writeFileSync(join(home, name), content),
    run: (name, ...args) =>
      execFileSync(script(name), args, {
        env: { ...process.env, ENGINE_HOME: home },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
  };
}

function makeHome(home: string, venue: object): string {
  mkdirSync(join(home, 'bin'), { recursive: true });
  mkdirSync(join(home, 'checkpoints'));
  const program = join(home, 'bin', 'trading_engine');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(home, 'venue.json'), JSON.stringify(venue), { mode: 0o600 });
  writeFileSync(join(home, 'risk_limits'), 'max_order_notional=50000\n');
  writeFileSync(join(home, 'limit_percent'), '100\n');
  return home;
}

interface Setting {
  home: string;
  engineId: string;
  team: TeamOptions;
}

function writeFiles(folder: string, setting: Setting) {
  const at = (name: string) => join(folder, name);
  const keyFile = at('on-call.key');
  const { publicKey } = createKeyFile(keyFile);
  const relight = at('relight.yaml');
  writeFileSync(relight, stringify(settingsOf(at, setting, publicKey)));
  return { relight, keyFile, privateKey: readKey(keyFile), dataDir: at('data') };
}

function settingsOf(at: (name: string) => string, { home, engineId, team }: Setting, key: string) {
  const { url, apiKey, secret } = JSON.parse(
    readFileSync(join(home, 'venue.json'), 'utf8'),
  ) as Record<string, string>;
  const secretFile = (name: string, content = '') => {
    writeFileSync(at(name), content, { mode: 0o600 });
    return { file: at(name) };
  };
  return {
    dataDir: at('data'),
    host: HOST,
    venues: {
      binanceusdm: {
        ccxt: 'binanceusdm',
        url,
        apiKey: secretFile('venue.key', apiKey),
        secret: secretFile('venue.secret', secret),
        instruments: ['BTC/USDT:USDT'],
      },
    },
    engines: {
      [engineId]: {
        venues: ['binanceusdm'],
        orderIdPrefix: 'cx-',
        liveness: [{ kind: 'process', pidFile: join(home, 'pid') }],
        checkpoints: {
          written: join(home, 'checkpoints'),
          recovered: at('recovered'),
          ...team.checkpoints,
        },
        forensics: { coreFolder: home, executable: process.execPath },
        control: controlOf(home, team),
        policy: { ...POLICY, ...team.policy },
      },
    },
    approvers: [{ name: ON_CALL, roles: ['ops', 'risk'], keys: [{ ed25519: key }] }],
  };
}

/** As docs/commands.md shows it. */
function controlOf(home: string, { commands }: TeamOptions) {
  const exit = (name: string, ...args: string[]) => ({
    argv: [script(name), ...args],
    answers: 'exit',
  });
  return {
    kind: 'commands',
    start: { argv: [script('start_services.sh'), '--no-trading'], returnsWithinMs: 30_000 },
    workingFolder: home,
    logFile: join(home, 'start.log'),
    environment: { ENGINE_HOME: home },
    commands: {
      quickHealth: exit('health_check.sh', '--quick'),
      comprehensiveHealth: exit('health_check.sh', '--comprehensive'),
      state: { argv: [script('get_internal_positions.sh'), '--json'], answers: 'positions' },
      riskLimits: exit('verify_risk_limits.sh'),
      setLimits: exit('set_position_limits.sh', '--percentage', '{percent}'),
      enableStrategies: {
        ...exit('enable_strategies.sh', '--risk-level', '{level}'),
        levels: { all: [script('enable_strategies.sh'), '--all'] },
      },
      shutdown: exit('emergency_shutdown.sh'),
      ...commands,
    },
  };
}

const POLICY = shortPolicy({
  settleMs: 0,
  stages: [
    { percent: 50, strategies: 'low', ...STAGE },
    { percent: 75, strategies: 'medium', ...STAGE, monitorMs: 0 },
    { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
  ],
});
