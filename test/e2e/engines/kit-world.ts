/** The engine of a kit under a whole Relight, its orders on their way through a network to the sandbox. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { createKeyFile, readKey } from '../../../clients/cli/actions/keys.js';
import { watchedInstance } from '../../../clients/detector/watched.js';
import { placeHere } from '../../../clients/host/place.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import { findTemporalCli } from '../../../clients/temporal/embedded/index.js';
import { startPart, until } from '../../../sandbox/demo/processes.js';
import { ON_CALL } from '../../../sandbox/demo/settings.js';
import type { World } from '../../../sandbox/demo/world.js';
import { relightCommand } from '../../../workers/processes/self.js';
import { openBench, type Bench } from '../../clients/exchange/bench.js';
import { argumentsIn, placesIn, startEngine } from '../../kits/engine.js';
import { openGateway } from '../../kits/fates/gateway.js';
import { MEMORY } from '../../kits/kills.js';
import type { Kit } from '../../kits/programs.js';
import { clientOf } from './relight-up.js';

/** Of its own, so that no engine of another test is taken for it. */
const ENGINE_ID = 'kit-journal';
export const INSTANCE = `${ENGINE_ID}-e7`;
/** Threads and pause of the one that is killed, and of the one that Relight starts. */
const BUSY = { threads: 2, pauseUs: 6_000 };
const CALM = { threads: 1, pauseUs: 200_000 };

type Closing = Pick<TestContext, 'after'>;

export async function openKitWorld(t: Closing, kit: Kit) {
  const bench = await openBench();
  t.after(() => bench.venues.close());
  const folder = mkdtempSync(join(MEMORY, 'relight-kit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const socket = join(mkdtempSync(join(tmpdir(), 'relight-kit-')), 'socket');
  const places = { folder, socket, heartbeat: join(folder, 'heartbeat') };
  const { checkpoints, journals, venue } = placesIn(folder);
  for (const made of [checkpoints, journals]) mkdirSync(made);
  const gateway = openGateway(venue, bench.admin);
  t.after(() => gateway.close());
  const changes = [...kit.unanswered, ['identity("desk"', `identity("${ENGINE_ID}"`]] as const;
  const restart = [kit.built('example', changes), ...argumentsIn(places, CALM)];
  const files = writeFiles(folder, { bench, places, restart });
  const client = await startRelight(t, files);
  const table = createProcessTable();
  t.after(async () => {
    for (const left of await table.ofEngine(ENGINE_ID)) await table.kill(left, 'SIGKILL');
  });
  const env = { RELIGHT_ENGINE: ENGINE_ID, RELIGHT_INSTANCE: INSTANCE, RELIGHT_EPOCH: '7' };
  return {
    bench,
    gateway,
    journal: join(journals, `${INSTANCE}.journal`),
    /** As much of a world as following a recovery takes. */
    world: { client, files, thinkingMs: 0 } as unknown as World,
    untilWatched: async (pid: number) =>
      until('the detector watches it', async () => {
        const watched = await watchedInstance({ ...files, ...WHERE });
        return watched?.pid === pid ? true : null;
      }),
    start: () => startEngine(t, kit, places, { ...BUSY, env, changes }),
  };
}

const HOST = 'sandbox';
const WHERE = { engineId: ENGINE_ID, place: placeHere(HOST) };
type Files = ReturnType<typeof writeFiles>;

async function startRelight(t: Closing, { relight, dataDir, folder }: Files) {
  const cli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const command = relightCommand('up', '--config', relight);
  const up = startPart(command, join(folder, 'relight.log'), {
    env: { RELIGHT_TEMPORAL_CLI: cli },
  });
  t.after(() => up.stop());
  return clientOf(t, { dataDir, host: HOST });
}

interface Wanted {
  bench: Bench;
  places: { socket: string; heartbeat: string };
  restart: string[];
}

function writeFiles(folder: string, wanted: Wanted) {
  const at = (name: string) => join(folder, name);
  const keyFile = at('on-call.key');
  const { publicKey } = createKeyFile(keyFile);
  const settings = settingsOf(folder, wanted);
  const keys = [{ ed25519: publicKey }];
  const approvers = [{ name: ON_CALL, roles: ['ops', 'risk'], keys }];
  writeFileSync(at('relight.yaml'), stringify({ ...settings, approvers }));
  const privateKey = readKey(keyFile);
  const own = { relight: at('relight.yaml'), dataDir: at('data'), stateFolder: at('data') };
  return { engineId: ENGINE_ID, folder, keyFile, privateKey, ...own };
}

function settingsOf(folder: string, { bench, places, restart }: Wanted) {
  const at = (name: string) => join(folder, name);
  const { checkpoints, journals } = placesIn(folder);
  const { apiKey, secret } = bench.venues.credentials.binance;
  const kept = (name: string, content: string) => {
    writeFileSync(at(name), content, { mode: 0o600 });
    return { file: at(name) };
  };
  const yes = { argv: ['/bin/true'], answers: 'exit' };
  const engine = {
    venues: ['example'],
    orderIdPrefix: 'never-', // whose its orders are is for the journal to say
    liveness: [
      { kind: 'socket', socket: places.socket },
      { kind: 'heartbeat', file: places.heartbeat },
    ],
    checkpoints: { written: checkpoints, recovered: at('recovered') },
    journal: { folder: journals },
    forensics: { coreFolder: folder, executable: restart[0], logs: [at('engine.log')] },
    control: {
      kind: 'commands',
      start: restart,
      workingFolder: folder,
      logFile: at('engine.log'),
      commands: {
        quickHealth: yes,
        comprehensiveHealth: yes,
        state: { argv: ['/bin/echo', '{}'], answers: 'positions' },
        riskLimits: yes,
        setLimits: yes,
        enableStrategies: yes,
        shutdown: { argv: ['/bin/false'], answers: 'exit' },
      },
    },
    policy: {
      onUnverified: 'report',
      orders: { arrivalMs: 2_000, onStale: 'report', onUnprotected: 'report' },
      health: { settleMs: 300 },
      ramp: {
        checkEveryMs: 200,
        stages: [
          { percent: 50, strategies: 'low', soakMs: 200, monitorMs: 400 },
          { percent: 100, strategies: 'all', soakMs: 200, monitorMs: 400 },
        ],
      },
    },
  };
  return {
    dataDir: at('data'),
    host: HOST,
    temporal: { ui: false },
    venues: {
      example: {
        ccxt: 'binance',
        url: bench.venues.urls.binance,
        apiKey: kept('key', apiKey),
        secret: kept('secret', secret),
        instruments: ['BTC/USDT'],
      },
    },
    engines: { [ENGINE_ID]: engine },
  };
}
