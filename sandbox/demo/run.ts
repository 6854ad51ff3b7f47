/** One scenario from start to end, for the demo and for the end-to-end tests. */
import { join } from 'node:path';
import { recoveryWorkflowId, guardianWorkflowId, incidentIdOf } from '../../workflows/ids.js';
import type { GateKind } from '../../workflows/domain/content/gate-kind.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import { incidentFolderName } from '../../clients/files/names.js';
import { createProcessTable } from '../../clients/host/process-table.js';
import { compareWithLedger, type LedgerComparison } from './compare.js';
import {
  damageCheckpoints,
  die,
  leaveOrdersInFlight,
  loseVenue,
  marketGoesOn,
  raiseExposure,
  untilTrading,
} from './crash.js';
import { followRecovery } from './follow.js';
import { until } from './processes.js';
import { demoResult, historyOf, type DemoResult } from './result.js';
import type { Scenario } from './scenarios.js';
import type { World } from './world.js';

export interface RunOptions {
  orders: number;
  say: (line: string) => void;
  /** Called at every look at the recovery: tests kill parts of Relight here. */
  onLook?: (record: RecoveryRecord) => Promise<void>;
  /** Called just before the engine dies, with orders in flight. */
  onDeath?: () => Promise<void>;
  /** Kinds of gates that nobody answers, beside those the scenario leaves to real people. */
  leaveOpen?: readonly GateKind[];
}

export interface Run {
  result: DemoResult;
  record: RecoveryRecord;
  comparison: LedgerComparison | null;
}

export async function runScenario(
  world: World,
  scenario: Scenario,
  options: RunOptions,
): Promise<Run> {
  const { say } = options;
  await untilTrading(world, options.orders);
  say(`the engine trades: ${options.orders} orders rest on four venues`);
  if (scenario.highExposure) await raiseExposure(world);
  await leaveOrdersInFlight(world);
  say('two orders are in flight: one arrived without an answer, one never arrived');
  await options.onDeath?.();
  if (scenario.away !== null) await loseVenue(world, scenario.away);
  const killedAtMs = await die(world, scenario);
  say(`CRASH: ${scenario.story}`);
  damageCheckpoints(world, scenario);
  await marketGoesOn(world);
  say('meanwhile: one order filled, three in part, one cancelled by the venue,');
  say('  0.25 BTC withdrawn at Kraken, and 0.1 at Coinbase, of which nothing will tell;');
  say('  fees at Binance are paid in BNB from now on');
  const record = await follow(world, scenario, options);
  return conclude(world, scenario, { record, killedAtMs });
}

async function follow(world: World, scenario: Scenario, options: RunOptions) {
  const workflowId = await openedRecoveryOf(world);
  const crashAgain = scenario.crashAgain ? killOnceInRamp(world, options.say) : null;
  const reconnect =
    scenario.away === null ? null : reconnectOnce(world, scenario.away, options.say);
  return followRecovery(world, workflowId, {
    say: options.say,
    // What went wrong for good is for real people, in the demo too.
    leaveOpen: [
      'manual_recovery',
      ...(scenario.highExposure ? ['exposure'] : []),
      ...(scenario.away === null ? [] : ['venues_unreadable']),
      ...(options.leaveOpen ?? []),
    ],
    onLook: async (record) => {
      await crashAgain?.(record);
      await reconnect?.(record);
      await options.onLook?.(record);
    },
  });
}

/** The id is a function of the crashed instance, so it is known before anything has started. */
async function openedRecoveryOf(world: World): Promise<string> {
  const incidentId = incidentIdOf(world.files.engineId, world.engine.instanceId);
  const workflowId = recoveryWorkflowId(incidentId);
  await until('the recovery is opened', async () => {
    await world.client.workflow.getHandle(workflowId).describe();
    return true;
  });
  return workflowId;
}

function killOnceInRamp(world: World, say: (line: string) => void) {
  let done = false;
  const processes = createProcessTable();
  return async (record: RecoveryRecord) => {
    if (done || record.ramp.length === 0) return;
    done = true;
    for (const engine of await processes.ofEngine(world.files.engineId)) {
      say(`CRASH AGAIN: the new engine, pid ${engine.pid}, is killed while it ramps up`);
      await processes.kill(engine, 'SIGKILL');
    }
  };
}

/** As soon as the recovery has said that it waits for this venue; it goes on by itself then. */
function reconnectOnce(world: World, venue: string, say: (line: string) => void) {
  let done = false;
  return async ({ gates }: RecoveryRecord) => {
    if (done || !gates.some(({ kind }) => kind === 'venues_unreadable')) return;
    done = true;
    await world.admin.clearFaults();
    say(`${venue} can be reached again: the recovery goes on by itself`);
  };
}

async function conclude(
  world: World,
  scenario: Scenario,
  { record, killedAtMs }: { record: RecoveryRecord; killedAtMs: number },
): Promise<Run> {
  const path = record.recoveredCheckpoint?.path;
  const comparison =
    record.outcome === 'recovered' && path !== undefined
      ? await compareWithLedger(world, path)
      : null;
  const folder = incidentFolderName(record.incidentId);
  const { history, startedAtMs } = await historyOf(world.client, record.workflowId);
  const result = demoResult({
    scenario: scenario.name,
    killedAtMs,
    workflowStartedAtMs: startedAtMs,
    record,
    comparison,
    history,
    report: join(world.files.dataDir, 'reports', folder, 'recovery.pdf'),
    workflowIds: [guardianWorkflowId(record.engineId), record.workflowId],
  });
  return { result, record, comparison };
}
