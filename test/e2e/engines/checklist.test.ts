/**
 * A recovery whose engine fails its health check, taken over by people: worked through by checklist over a restart of
 * everything, to full trading; and rejected, to an end that says what is in the market, and goes on with one command.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ChecklistsAnswer } from '../../../clients/cli/answers/checklist.js';
import { incidentFolderName } from '../../../clients/files/names.js';
import { openGateOf, recordOf } from '../../../clients/temporal/recoveries.js';
import { followRecovery, openedRecovery } from '../../../sandbox/demo/follow.js';
import { until } from '../../../sandbox/demo/processes.js';
import { ON_CALL } from '../../../sandbox/demo/settings.js';
import { checkCodeOf } from '../../../workflows/domain/gates/decision.js';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { relightCommand } from '../../../workers/processes/self.js';
import { withoutBlanks, writtenReport } from '../report-whole.js';
import { script, scriptedWorld, type ScriptedWorld } from './scripted-world.js';

const BOUND_MS = 300_000;

const IMPORTING = Object.fromEntries(
  Object.entries({
    updatePosition:
      'update_internal_position.sh --symbol {item} --quantity {quantity} --reason {reason}',
    importOrder:
      'import_order.sh --exchange {venue} --order-id {venueOrderId} --symbol {item} --side {side} ' +
      '--price {price} --quantity {quantity} --filled {filled}',
    openOrders: 'count_open_orders.sh',
    exposure: 'get_current_exposure.sh',
  }).map(([name, words]) => {
    const [program = '', ...args] = words.split(' ');
    return [name, [script(program), ...args]];
  }),
);

/** Ill as long as its home holds a file of that name. */
const ILL = 'ill';

/** Killed while it trades, and ill when it is started: people are to take over. */
async function takenOver(t: TestContext): Promise<{ here: ScriptedWorld; workflowId: string }> {
  const check = `test ! -e "$ENGINE_HOME/${ILL}" && exec ${script('health_check.sh')} --comprehensive`;
  const here = await scriptedWorld(t, {
    commands: {
      ...IMPORTING,
      comprehensiveHealth: { argv: ['/bin/sh', '-c', check], answers: 'exit' },
    },
    policy: { onUnverified: 'report' },
  });
  here.run('start_services.sh');
  await until('it trades, and is watched', async () => {
    const { openOrders, positions } = (await here.admin.ledger()).venues.binanceusdm;
    const isWatched = (await here.watched())?.pid === here.pid();
    return openOrders.length === 3 && positions.length === 1 && isWatched ? true : null;
  });
  here.put(ILL, 'yes');
  const pid = here.pid();
  process.kill(pid, 'SIGKILL');
  await until('it is gone', async () => (existsSync(`/proc/${pid}`) ? null : true));
  const workflowId = await openedRecovery(here.world);
  await asked(here, workflowId);
  return { here, workflowId };
}

async function asked({ world }: ScriptedWorld, workflowId: string) {
  return until(
    'people are asked to take over',
    async () => {
      const gate = await openGateOf(world.client, workflowId).catch(() => null);
      return gate?.kind === 'manual_recovery' ? gate : null;
    },
    { boundMs: BOUND_MS },
  );
}

/** As a person types it; fails where it is refused. */
async function relight({ world: { files } }: ScriptedWorld, ...args: string[]): Promise<string> {
  const [node, ...first] = relightCommand('--config', files.relight, ...args);
  return new Promise((resolve, reject) => {
    execFile(node, first, { timeout: BOUND_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`relight ${args.join(' ')}: ${stderr}${stdout}`));
    });
  });
}

function signing({ world: { files } }: ScriptedWorld): string[] {
  return ['--as', ON_CALL, '--key', files.keyFile];
}

async function follow(t: TestContext, { world }: ScriptedWorld, workflowId: string) {
  return followRecovery(world, workflowId, {
    leaveOpen: ['manual_recovery'],
    say: (line) => t.diagnostic(line),
    boundMs: BOUND_MS,
  });
}

test(
  'a failed health check is worked through by checklist, over a restart, to full trading',
  { timeout: 900_000 },
  async (t) => {
    const { here, workflowId } = await takenOver(t);
    const tick = async (item: string, note: string) =>
      relight(here, 'checklist', 'tick', item, '--note', note, ...signing(here));
    assert.match(await tick('analyse.cause', 'the disk was full'), /"analyse\.cause" is ticked/);
    await here.restart();
    const gate = await asked(here, workflowId);
    await tick('fix.infrastructure', 'logs are rotated now');
    const [shown] = ChecklistsAnswer.parse(JSON.parse(await relight(here, 'checklist', '--json')));
    const stateOf = (id: string) =>
      shown?.sections.flatMap(({ items }) => items).find((item) => item.id === id);
    assert.equal(stateOf('analyse.cause')?.ticked?.note, 'the disk was full');
    assert.equal(stateOf('reconcile.positions')?.state, 'proven');
    assert.equal(stateOf('test.services')?.state, 'open');
    rmSync(join(here.home, ILL));
    const words = ['--from', 'load-state', '--reason', 'it is mended'];
    const seen = ['--evidence', checkCodeOf(gate)];
    await relight(here, 'checklist', 'resume', ...words, ...seen, ...signing(here));
    const record = await follow(t, here, workflowId);
    assertFullTrading(record);
    assertSignedFor(here, record);
    assert.deepEqual(
      record.told?.kept.map(({ told }) => told.item),
      ['analyse.cause', 'fix.infrastructure'],
    );
    assert.equal(record.steps.filter(({ name }) => name === 'analyse').length, 1);
    assert.equal(here.read('limit_percent').trim(), '100');
  },
);

function assertFullTrading(record: RecoveryRecord): void {
  assert.equal(record.outcome, 'recovered', JSON.stringify(record, null, 2));
  const manual = record.gates.find(({ kind }) => kind === 'manual_recovery');
  const [go] = manual?.decisions ?? [];
  assert.deepEqual(
    [go?.approver, go?.answer, go?.resume?.from],
    [ON_CALL, 'approve', 'load_state'],
  );
  assert.ok(go?.roles?.includes('risk'));
  const proof = verifyRecord(record, null);
  assert.deepEqual([proof.status, proof.told?.status], ['verified', 'verified']);
}

/** By who bears the risk, in the files of the report. */
function assertSignedFor({ world: { folder } }: ScriptedWorld, { incidentId }: RecoveryRecord) {
  const place = join(folder, 'data', 'reports', incidentFolderName(incidentId), 'recovery.pdf');
  const { report, text } = writtenReport(place);
  const asked = report.record.gates.find(({ kind }) => kind === 'manual_recovery');
  const [go] = asked?.decisions ?? [];
  assert.deepEqual(
    [go?.approver, go?.reason, go?.proof?.kind],
    [ON_CALL, 'it is mended', 'ed25519'],
  );
  const printed = withoutBlanks(text);
  for (const part of [ON_CALL, 'ops, risk', 'it is mended', go?.hash ?? 'no hash']) {
    assert.ok(printed.includes(withoutBlanks(part)), part);
  }
}

test(
  'rejected, it ends with what is in the market, and goes on with one command',
  { timeout: 900_000 },
  async (t) => {
    const { here, workflowId } = await takenOver(t);
    const gate = await asked(here, workflowId);
    const why = ['--reason', 'not tonight', '--evidence', checkCodeOf(gate)];
    await relight(here, 'reject', gate.gateId, ...why, ...signing(here));
    const halted = await follow(t, here, workflowId);
    assert.equal(halted.outcome, 'halted');
    const { inMarket } = halted;
    assert.ok(inMarket !== undefined && 'positions' in inMarket, JSON.stringify(inMarket));
    const { openOrders, positions } = (await here.admin.ledger()).venues.binanceusdm;
    assert.deepEqual(
      inMarket.positions.shown.map(({ quantity }) => Number(quantity)),
      positions.map(({ quantity }) => Number(quantity)),
    );
    assert.equal(inMarket.orders.count, openOrders.length);
    assert.equal(inMarket.unprotected.count, 1);
    rmSync(join(here.home, ILL));
    await relight(here, 'retry', halted.incidentId, '--reason', 'mended', ...signing(here));
    const again = await until('it is begun anew', async () => {
      const next = await openedRecovery(here.world);
      return next === workflowId ? null : next;
    });
    await follow(t, here, again);
    assert.equal((await recordOf(here.world.client, again))?.outcome, 'recovered');
  },
);
