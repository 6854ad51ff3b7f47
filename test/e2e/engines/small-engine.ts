/**
 * An engine that offers nothing but a pid file and a health URL, and the world around it: the sandbox's Kraken, an
 * embedded Temporal, and `relight up`. Its account has an order of its own and one of somebody else.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { createKeyFile, readKey } from '../../../clients/cli/actions/keys.js';
import { findFreePort, findTemporalCli } from '../../../clients/temporal/embedded/index.js';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
} from '../../../clients/temporal/recoveries.js';
import { startPart, until } from '../../../sandbox/demo/processes.js';
import { createVenueAdmin } from '../../../sandbox/venues/admin-client.js';
import { startVenues } from '../../../sandbox/venues/index.js';
import { relightCommand } from '../../../workers/processes/self.js';
import { signDecision } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { clientOf } from './relight-up.js';

const ENGINE = `
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
const [port, pidFile] = process.argv.slice(2);
createServer((_request, response) => response.end('ok')).listen(Number(port), '127.0.0.1', () => {
  writeFileSync(pidFile, String(process.pid));
});
`;

export const INSTRUCTIONS = {
  start: 'start the engine with trading off',
  setLimits: 'set the position limit to {percent} %',
  enableStrategies: 'switch trading on',
};

export type SmallWorld = Awaited<ReturnType<typeof openSmallWorld>>;

export async function openSmallWorld(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-small-'));
  const at = (...parts: string[]) => join(folder, ...parts);
  mkdirSync(at('secrets'), { mode: 0o700 });
  mkdirSync(at('checkpoints'));
  writeFileSync(at('engine.cjs'), ENGINE);
  const venues = await startVenues();
  const { publicKey } = createKeyFile(at('secrets', 'mei.key'));
  const port = await findFreePort();
  const engineId = `small-${process.pid.toString(36)}${port.toString(36)}`;
  const kept = (name: string, content: string) => {
    writeFileSync(at('secrets', name), content, { mode: 0o600 });
    return { file: at('secrets', name) };
  };
  const { apiKey, secret } = venues.credentials.kraken;
  const kraken = {
    ccxt: 'kraken',
    url: venues.urls.kraken,
    apiKey: kept('key', apiKey),
    secret: kept('secret', secret),
    instruments: ['BTC/USD'],
    exclusive: true,
  };
  const stage = { soakMs: 100, monitorMs: 500 };
  const { start, ...instructions } = INSTRUCTIONS;
  const engine = {
    venues: ['kraken'],
    ownership: { kind: 'account' },
    baseline: { 'kraken|BTC': '1000' },
    liveness: [
      { kind: 'process', pidFile: at('engine.pid') },
      { kind: 'health', url: `http://127.0.0.1:${port}/health` },
    ],
    checkpoints: { written: at('checkpoints'), recovered: at('recovered') },
    forensics: { coreFolder: folder, executable: process.execPath },
    process: { kind: 'by_hand', instruction: start, readyWithinMs: 30_000 },
    instructions,
    policy: {
      health: { settleMs: 0 },
      risk: { maxExposure: '1000000000' },
      orders: { arrivalMs: 500 },
      ramp: {
        checkEveryMs: 200,
        manualMonitorMs: 500,
        stages: [
          { percent: 50, strategies: 'low', ...stage },
          { percent: 100, strategies: 'all', ...stage },
        ],
      },
    },
  };
  const config = {
    dataDir: at('data'),
    host: 'sandbox',
    venues: { kraken },
    engines: { [engineId]: engine },
    approvers: [{ name: 'mei', roles: ['ops', 'risk'], keys: [{ ed25519: publicKey }] }],
  };
  writeFileSync(at('relight.yaml'), stringify(config, { aliasDuplicateObjects: false }));
  const children: ChildProcess[] = [];
  const temporalCli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const env = { RELIGHT_TEMPORAL_CLI: temporalCli };
  const up = startPart(relightCommand('up', '--config', at('relight.yaml')), at('relight.log'), {
    env,
  });
  t.after(async () => {
    await up.stop();
    for (const child of children) child.kill('SIGKILL');
    await venues.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  });
  const client = await clientOf(t, { dataDir: at('data'), host: config.host });
  return {
    engineId,
    admin: createVenueAdmin(venues.adminUrl),
    pidInFile: () => Number(readFileSync(at('engine.pid'), 'utf8')),
    /** What its pid file names is gone. */
    isDead: (): boolean => !existsSync(`/proc/${readFileSync(at('engine.pid'), 'utf8')}`),
    /** As a person does: with nothing of Relight in its environment. */
    startByHand: (): ChildProcess => {
      const argv = [at('engine.cjs'), String(port), at('engine.pid')];
      const child = spawn(process.execPath, argv, { stdio: 'ignore', env: {} });
      children.push(child);
      return child;
    },
    /** The instance that the agent watches. */
    watchedPid: (): number | null => {
      const path = at('data', 'watched', `${engineId}.json`);
      const { instance } = JSON.parse(readFileSync(path, 'utf8')) as {
        instance: { pid: number };
      };
      return instance.pid;
    },
    recovery: () =>
      until('a recovery is opened', async () => {
        const status = await guardianStatusOf(client, engineId);
        return status?.openIncident?.workflowId ?? null;
      }),
    record: (workflowId: string) => recordOf(client, workflowId),
    gate: (workflowId: string) => openGateOf(client, workflowId).catch(() => null),
    answer: async (workflowId: string, gate: GateRequest, answer: 'approve' | 'reject') => {
      const by = { approver: 'mei', decidedAtMs: Date.now() };
      const said = { answer, reason: 'done as told', ...by };
      const decision = signDecision(gate, said, readKey(at('secrets', 'mei.key')));
      return sendDecision(client, workflowId, decision);
    },
  };
}
