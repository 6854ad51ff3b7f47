/**
 * A real freqtrade bot that a person has started, and Relight around it: the simulated Binance, an embedded
 * Temporal and `relight up`. The bot writes no checkpoints, and is found by its command line.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { createKeyFile, readKey } from '../../../clients/cli/actions/keys.js';
import { watchedInstance } from '../../../clients/detector/watched.js';
import { findTemporalCli } from '../../../clients/temporal/embedded/index.js';
import { placeHere } from '../../../clients/host/place.js';
import { startPart, until, type Part } from '../../../sandbox/demo/processes.js';
import { ON_CALL } from '../../../sandbox/demo/settings.js';
import type { World } from '../../../sandbox/demo/world.js';
import { composeShadows } from '../../../workers/compose/artifacts.js';
import { loadConfig } from '../../../workers/config/load.js';
import { relightCommand } from '../../../workers/processes/self.js';
import { createBot, LOGIN, type Bot } from '../../clients/engine/freqtrade-rig.js';
import { clientOf, lastLines } from './relight-up.js';
import { shortPolicy, STAGE } from './short-policy.js';

const HOST = 'desk';
const POLICY = shortPolicy({
  settleMs: 500,
  stages: [
    { percent: 50, strategies: 'low', ...STAGE },
    { percent: 100, strategies: 'all', ...STAGE },
  ],
});

export async function freqtradeWorld(t: TestContext, program: string) {
  const running: Part[] = [];
  // First, because Relight starts a bot that it sees end.
  t.after(async () => {
    for (const part of running.toReversed()) await part.stop();
  });
  const bot = await createBot(t, program, `bot-${process.pid.toString(36)}`);
  const folder = mkdtempSync(join(tmpdir(), 'relight-freqtrade-world-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const files = writeFiles(folder, { bot, program, baseline: await inventoryOf(bot) });
  const [first, ...args] = bot.start;
  if (first === undefined) throw new Error('the bot has no program');
  running.push(startPart([first, ...args], join(bot.folder, 'bot.log')));
  const log = join(folder, 'relight.log');
  const env = {
    RELIGHT_TEMPORAL_CLI: await findTemporalCli({ env: process.env, onProgress: () => undefined }),
  };
  running.push(startPart(relightCommand('up', '--no-ui', '--config', files.relight), log, { env }));
  t.after(() => t.diagnostic(lastLines(log)));
  const client = await clientOf(t, { ...files, host: HOST });
  const shadows = composeShadows(loadConfig(files.relight));
  const { engineId, admin } = bot;
  return {
    bot,
    /** As those who follow a recovery know one. */
    world: {
      client,
      admin,
      folder,
      files: { ...files, engineId },
      thinkingMs: 0,
    } as unknown as World,
    watched: () =>
      watchedInstance({ stateFolder: files.dataDir, engineId, place: placeHere(HOST) }),
    untilInShadow: (ids: readonly string[]) =>
      until('a shadow names its orders', async () => {
        const [newest] = await shadows.list(engineId);
        const file = newest === undefined ? null : await shadows.open(engineId, newest.name);
        const text = file !== null && 'read' in file ? (file.read.text ?? '') : '';
        return ids.every((id) => text.includes(`"${id}"`)) ? true : null;
      }),
  };
}

/** What the account had before the bot traded there. */
async function inventoryOf({ admin }: Bot): Promise<Record<string, string>> {
  const balances = Object.entries((await admin.ledger()).venues.binance.balances);
  const held = balances.filter(([asset, { total }]) => asset !== 'USDT' && total !== '0');
  return Object.fromEntries(held.map(([asset, { total }]) => [`binance|${asset}`, total]));
}

interface Setting {
  bot: Bot;
  program: string;
  baseline: Record<string, string>;
}

function writeFiles(folder: string, setting: Setting) {
  const { bot } = setting;
  const at = (name: string) => join(folder, name);
  const kept = (name: string, content: string) => {
    writeFileSync(at(name), content, { mode: 0o600 });
    return { file: at(name) };
  };
  mkdirSync(at('recovered'));
  const { publicKey } = createKeyFile(at('on-call.key'));
  const { apiKey, secret } = bot.venues.credentials.binance;
  const settings = {
    dataDir: at('data'),
    host: HOST,
    venues: {
      binance: {
        ccxt: 'binance',
        url: bot.venues.urls.binance,
        apiKey: kept('venue.key', apiKey),
        secret: kept('venue.secret', secret),
        instruments: ['BTC/USDT', 'ETH/USDT'],
      },
    },
    engines: { [bot.engineId]: engineOf(setting, { at, auth: kept('login', login) }) },
    approvers: [{ name: ON_CALL, roles: ['ops', 'risk'], keys: [{ ed25519: publicKey }] }],
  };
  writeFileSync(at('relight.yaml'), stringify(settings, { aliasDuplicateObjects: false }));
  const privateKey = readKey(at('on-call.key'));
  return { relight: at('relight.yaml'), privateKey, dataDir: at('data') };
}

const login = `${LOGIN.user}:${LOGIN.password}`;

interface Places {
  at: (name: string) => string;
  auth: { file: string };
}

/** As docs/freqtrade.md shows it. */
function engineOf({ bot, program, baseline }: Setting, { at, auth }: Places) {
  const { folder, port, start } = bot;
  const url = `http://127.0.0.1:${port}`;
  return {
    venues: ['binance'],
    orderIdPrefix: 'x-TKT5PX2F',
    baseline,
    liveness: [
      { kind: 'process', match: { command: `freqtrade trade .*${folder}` } },
      { kind: 'health', url: `${url}/api/v1/ping` },
    ],
    checkpoints: { recovered: at('recovered'), shadow: { everyMs: 1_000 } },
    forensics: {
      coreFolder: folder,
      executable: realpathSync(join(dirname(program), 'python3')),
      logs: [join(folder, 'bot.log')],
    },
    control: {
      kind: 'freqtrade',
      url,
      auth,
      start,
      workingFolder: folder,
      logFile: join(folder, 'bot.log'),
      environment: { HOME: folder },
      stopWithinMs: 20_000,
    },
    instructions: { setLimits: 'see that stake_amount and max_open_trades are as they should be' },
    policy: {
      ...POLICY,
      market: { maxVolatility: '1' },
    },
  };
}
