/**
 * Two hosts and a control plane: venues, a Temporal server, a worker; each with files, keys and folders of its
 * own, and one store of artifacts for all.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Client } from '@temporalio/client';
import { Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { createProcessTable } from '../../../../clients/host/process-table.js';
import { signedClient } from '../../../../clients/temporal/connect.js';
import {
  findFreePort,
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../../clients/temporal/embedded/index.js';
import {
  writeWorldFiles,
  type Windows,
  type WorldFiles,
} from '../../../../sandbox/demo/settings.js';
import { engineCommand } from '../../../../sandbox/engine/launch.js';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues } from '../../../../sandbox/venues/index.js';
import { nodeCommand } from '../../../../workers/processes/self.js';
import { SEARCH_ATTRIBUTES } from '../../../../workflows/search-attributes.js';
import { folderOf } from '../../../clients/host/processes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { makeTestKeys } from '../../../workflows/fakes/keys.js';
import { relight, type Relight } from '../parts.js';
import { namespaceOf, openMachine, openWires, type Machine, type Running } from './machine.js';

const RELIGHT = nodeCommand(new URL('../../../../workers/relight.mjs', import.meta.url).href);

const WINDOWS: Windows = {
  settleMs: 300,
  soakMs: 200,
  monitorMs: 1_000,
  checkEveryMs: 200,
  heartbeatAlarmMs: 4_000,
  gateReminderMs: 60_000,
  recheckMs: 1_000,
  arrivalMs: 1_000,
};

interface Host extends Machine {
  files: WorldFiles;
  startAgent: () => Promise<Running>;
}

export interface Fleet {
  engineId: string;
  admin: VenueAdmin;
  client: Client;
  control: WorldFiles;
  a: Host;
  b: Host;
  /** Processes of the engine on any host, as the operating system of this machine shows them. */
  living: () => Promise<{ pid: number; instanceId: string; host: 'a' | 'b' | 'neither' }[]>;
  startEngine: (host: Host) => void;
  /** In the file of the control plane, or of a host. */
  setHome: (files: WorldFiles, host: string) => void;
  cli: (...args: string[]) => Promise<Relight>;
}

/** `artifacts`: the setting, and the ports that it is reached by. */
export async function openFleet(
  t: TestContext,
  artifacts: (folder: string) => Promise<{ setting: object; ports: number[] }>,
): Promise<Fleet> {
  const folder = folderOf(t);
  const venues = await startVenues();
  t.after(() => venues.close());
  const admin = createVenueAdmin(venues.adminUrl);
  const server = await startEmbeddedTemporal({
    dataDir: join(folder, 'temporal'),
    cliPath: await findTemporalCli({ env: process.env, onProgress: () => undefined }),
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  t.after(() => server.stop());
  const { setting, ports: ofStore } = await artifacts(folder);
  const portOf = (url: string) => Number(new URL(url).port);
  const ports = [portOf(`http://${server.address}`), ...Object.values(venues.urls).map(portOf)];
  const wired = [...new Set([...ports, ...ofStore])];
  const wires = openWires(t, folder, wired);
  const keys = await makeTestKeys(join(folder, 'keys'), 'a', 'b');
  const engineId = `fleet-${process.pid.toString(36)}${Date.now().toString(36)}`;
  const controlPort = await findFreePort();
  const ledger = await admin.ledger();
  const filesOf = (name: string, own: readonly string[]) => {
    const files = writeWorldFiles({
      folder: join(folder, name),
      engineId,
      socket: join(folder, `${name}.sock`),
      controlPort,
      orders: 4,
      access: venues,
      ledger,
      windows: WINDOWS,
      containment: 'none',
      byAgent: false,
      passphrase: null,
      temporalAddress: server.address,
    });
    const kept = join(files.dataDir, 'keys', 'messages');
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    for (const key of ['ring.json', ...own]) copyFileSync(join(keys.folder, key), join(kept, key));
    change(files, (config) => Object.assign(config, { host: name, artifacts: setting }));
    setHome(files, 'a');
    return files;
  };
  const setHome = (files: WorldFiles, host: string) =>
    change(files, ({ engines }) => Object.assign(engines[engineId] ?? {}, { host }));
  const hostOf = async (name: string): Promise<Host> => {
    const files = filesOf(name, [`host-${name}.key`]);
    const machine = await openMachine(t, wires, wired);
    return { ...machine, files, startAgent: () => startAgent(machine, files) };
  };
  const control = filesOf('control', ['control.key', 'operator.key']);
  const [a, b] = [await hostOf('a'), await hostOf('b')];
  const connection = await Connection.connect({ address: server.address });
  t.after(() => connection.close());
  const worker = relight(t, ['worker', '--config', control.relight]);
  await eventually('the worker is ready', () => worker.seen.stderr.includes('worker ready'));
  return {
    engineId,
    admin,
    client: signedClient(keys.of('operator'), { connection, identity: 'test' }),
    control,
    a,
    b,
    living: async () => {
      const all = await createProcessTable().ofEngine(engineId);
      const where = (pid: number) => {
        const namespace = namespaceOf(pid);
        if (namespace === a.namespace) return 'a';
        return namespace === b.namespace ? 'b' : 'neither';
      };
      return all.map(({ pid, instanceId }) => ({ pid, instanceId, host: where(pid) }));
    },
    startEngine: ({ run, files }) => {
      const instanceId = `${engineId}-e0`;
      mkdirSync(join(files.checkpoints, '..'), { recursive: true });
      run(engineCommand({ configFile: files.engine, epoch: '0', instanceId }), {
        RELIGHT_ENGINE: engineId,
        RELIGHT_INSTANCE: instanceId,
      });
    },
    setHome,
    cli: async (...args) => {
      const asked = relight(t, [...args, '--config', control.relight]);
      await asked.ended;
      return asked;
    },
  };
}

async function startAgent({ run }: Machine, files: WorldFiles): Promise<Running> {
  const agent = run([...RELIGHT, 'agent', '--config', files.relight]);
  await eventually('the agent is ready', () => agent.stderr.includes('agent ready')).catch(
    (error: unknown) => {
      throw new Error(`the agent says: ${agent.stderr.slice(-2_000)}`, { cause: error });
    },
  );
  return agent;
}

interface ConfigFile {
  engines: Record<string, object>;
}

function change({ relight: path }: WorldFiles, act: (config: ConfigFile) => void): void {
  const config = parse(readFileSync(path, 'utf8')) as ConfigFile;
  act(config);
  writeFileSync(path, stringify(config));
}
