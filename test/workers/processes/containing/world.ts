/** Real venues, a real engine and a real agent with keys of its own, and no Temporal anywhere. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { createContainmentMemory } from '../../../../clients/host/containment-memory.js';
import { findFreePort } from '../../../../clients/temporal/embedded/index.js';
import {
  DEMO_WINDOWS,
  writeWorldFiles,
  type WorldFiles,
} from '../../../../sandbox/demo/settings.js';
import { launchEngine } from '../../../../sandbox/engine/launch.js';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues } from '../../../../sandbox/venues/index.js';
import type { ContainmentRules } from '../../../../workflows/domain/policy/handed-down.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight, type Relight } from '../parts.js';
import type { Webhook } from '../telling/agent.js';

export const RULES: ContainmentRules = {
  containment: 'cancel_own_orders',
  containmentAt: {},
  keepProtective: true,
  rulesDigest: 'of-the-rules',
};

export interface AloneWorld {
  files: WorldFiles;
  admin: VenueAdmin;
  /** Of the venues. */
  urls: Record<string, string>;
  /** At which the agent listens. */
  socket: string;
  handDown(rules: ContainmentRules): Promise<void>;
  startAgent(): Promise<Relight>;
  /** Returns when so many orders rest, and the agent watches it. */
  startEngine(orders: number): Promise<{ kill: () => Promise<void> }>;
}

export async function aloneWorld(
  t: Pick<TestContext, 'after'>,
  { hook, orders }: { hook: Webhook; orders: number },
): Promise<AloneWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-alone-'));
  const venues = await startVenues();
  const ends: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const end of ends) await end();
    await venues.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  });
  const admin = createVenueAdmin(venues.adminUrl);
  const controlPort = await findFreePort();
  const socket = join(tmpdir(), `relight-alone-${process.pid}-${controlPort}.sock`);
  t.after(() => rmSync(socket, { force: true }));
  const files = writeWorldFiles({
    folder,
    engineId: `alone-${process.pid.toString(36)}${controlPort.toString(36)}`,
    socket,
    controlPort,
    orders,
    access: { urls: venues.urls, credentials: venues.credentials },
    ledger: await admin.ledger(),
    windows: DEMO_WINDOWS,
    containment: 'cancel_own_orders',
    byAgent: true,
    passphrase: null,
    temporalAddress: '127.0.0.1:1',
  });
  const url = join(folder, 'secrets', 'hook');
  writeFileSync(url, hook.url, { mode: 0o600 });
  const config = parse(readFileSync(files.relight, 'utf8')) as object;
  const notify = [{ kind: 'webhook', name: 'hook', url: { file: url } }];
  writeFileSync(files.relight, stringify({ ...config, notify }));
  const made = relight(t, ['keys', 'messages', 'make', '--config', files.relight]);
  if ((await made.ended) !== 0) throw new Error(made.seen.stderr);
  return {
    files,
    admin,
    urls: venues.urls,
    socket,
    handDown: (rules) =>
      createContainmentMemory(join(files.dataDir, 'containment')).keepRules(files.engineId, rules),
    startAgent: async () => {
      const agent = relight(t, ['agent', '--config', files.relight]);
      ends.push(() => {
        agent.kill('SIGKILL');
        return agent.ended;
      });
      await eventually('it is ready', () => agent.seen.stderr.includes('ready to contain')).catch(
        (error: unknown) => {
          throw new Error(`the agent says: ${agent.seen.stderr.slice(-2_000)}`, { cause: error });
        },
      );
      return agent;
    },
    startEngine: async (count) => {
      const running = launchEngine({ configFile: files.engine });
      ends.push(() => {
        running.kill('SIGKILL');
        return running.exited;
      });
      await eventually(`${count} orders rest`, async () => (await working(admin)).length >= count);
      return {
        kill: async () => {
          running.kill('SIGKILL');
          await running.exited;
        },
      };
    },
  };
}

/** Client ids of our orders that are not waiting for a trigger. */
export async function working(admin: VenueAdmin): Promise<string[]> {
  return (await own(admin)).filter(({ trigger }) => trigger === null).map((one) => one.id);
}

export async function own(admin: VenueAdmin) {
  const { venues } = await admin.ledger();
  return Object.values(venues).flatMap(({ openOrders }) =>
    openOrders.flatMap(({ clientOrderId, trigger }) =>
      clientOrderId?.startsWith('rl-') === true ? [{ id: clientOrderId, trigger }] : [],
    ),
  );
}

/** How often each order was asked to be cancelled, at whichever venue. */
export async function cancels(admin: VenueAdmin): Promise<Map<string, number>> {
  const { writes } = await admin.requests();
  const counts = new Map<string, number>();
  for (const { endpoint, venue, venueOrderId, clientOrderId } of writes) {
    if (endpoint !== 'cancelOrder') continue;
    const key = `${venue} ${venueOrderId ?? clientOrderId}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
