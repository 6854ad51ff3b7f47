/** `relight` as a process of its own, on a configuration that needs no venue and no engine. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import { nodeCommand } from '../../../workers/processes/self.js';

const RELIGHT = nodeCommand(new URL('../../../workers/relight.mjs', import.meta.url).href);

export const ONCALL_KEY = '04'.repeat(32);

/** Gates that nobody can answer are a fault of the configuration. */
const ONCALL = {
  name: 'on-call',
  roles: ['ops', 'risk'],
  keys: [{ ed25519: publicKeyOf(ONCALL_KEY) }],
};

/** An engine that was never started: its agent has nothing to see. */
export function writeConfig(folder: string, changes: object = {}): string {
  const at = (name: string) => join(folder, name);
  writeFileSync(at('secret'), 'x', { mode: 0o600 });
  const engine = {
    venues: ['kraken'],
    orderIdPrefix: 'rl-',
    liveness: { socket: at('live.sock'), heartbeatFile: at('heartbeat') },
    checkpoints: { written: at('written'), recovered: at('recovered') },
    forensics: { coreFolder: folder, executable: process.execPath },
    control: {
      kind: 'http',
      url: 'http://127.0.0.1:2',
      start: ['true'],
      workingFolder: folder,
      logFile: at('engine.log'),
    },
  };
  const secret = { file: at('secret') };
  const venue = { ccxt: 'kraken', apiKey: secret, secret, instruments: ['BTC/USD'] };
  const path = at('relight.yaml');
  const config = {
    dataDir: at('data'),
    host: 'here',
    venues: { kraken: venue },
    approvers: [ONCALL],
  };
  writeFileSync(path, stringify({ ...config, engines: { desk: engine }, ...changes }));
  return path;
}

/** Several of them, with a venue where nobody listens, and a Temporal; what is given of one changes it. */
export function writeEngines(
  folder: string,
  engines: Record<string, object>,
  temporal: { address: string } = { address: '127.0.0.1:1' },
): string {
  const path = writeConfig(folder);
  const config = parse(readFileSync(path, 'utf8')) as {
    venues: { kraken: object };
    engines: { desk: { control: object } };
  };
  const { desk } = config.engines;
  const named = Object.entries(engines).map(([id, changes], at) => {
    const place = (name: string) => join(folder, `${id}-${name}`);
    const own = {
      orderIdPrefix: `${id}-`,
      liveness: { socket: place('live.sock'), heartbeatFile: place('heartbeat') },
      checkpoints: { written: place('written'), recovered: place('recovered') },
      control: { ...desk.control, url: `http://127.0.0.1:${NOBODY_LISTENS + at}` },
    };
    return [id, { ...desk, ...own, ...changes }];
  });
  const kraken = { ...config.venues.kraken, url: 'http://127.0.0.1:1', timeoutMs: 1_000 };
  const whole = {
    ...config,
    temporal,
    venues: { kraken },
    engines: Object.fromEntries(named) as object,
  };
  writeFileSync(path, stringify(whole));
  return path;
}

/** And at the ports after it: they are the system's own. */
const NOBODY_LISTENS = 2;

export interface Relight {
  pid: number;
  seen: { stdout: string; stderr: string };
  ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  /** From now on nobody reads what it says. */
  unread(): void;
}

/** `under`: what it is started by, such as another user or namespace. */
export function relight(
  t: Pick<TestContext, 'after'>,
  args: string[],
  env: Record<string, string> = {},
  under: readonly string[] = [],
): Relight {
  const [program = '', ...before] = [...under, ...RELIGHT];
  const child = spawn(program, [...before, ...args], { env: { ...process.env, ...env } });
  const seen = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  t.after(async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  });
  const unread = () => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { pid: child.pid ?? 0, seen, ended, unread, kill: (signal) => void child.kill(signal) };
}

/** The processes that run one part on this configuration. */
export function pidsOf(configFile: string, part: 'worker' | 'agent'): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => {
      const argv = commandLine(pid);
      return argv.includes(configFile) && argv.includes(part);
    })
    .map(Number);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // gone meanwhile
  }
}
