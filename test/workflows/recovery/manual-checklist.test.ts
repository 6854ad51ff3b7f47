/** The manual checklist as live state: ticks, the step that a go resumes from, and what is in the market at the end. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sendToRecovery } from '../../../clients/temporal/recoveries.js';
import { failure } from '../../../workflows/failure.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { checklistOf } from '../../../workflows/domain/checklist/checklist.js';
import type { ItemId } from '../../../workflows/domain/checklist/procedure.js';
import type { ResumeStep } from '../../../workflows/domain/gates/resume.js';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import type { Told } from '../../../workflows/domain/steering/instruction.js';
import type { Engine } from '../fakes/engine.js';
import { APPROVERS, DEAN, OLGA, RITA, sign, tell, type Person } from '../fakes/people.js';
import { MANUAL_MONITOR_MS, quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const ILL = { healthy: false, failed: ['feed: stale'], checks: 7, engineDigest: 'ef'.repeat(32) };

function refusing(kind: FailureKind) {
  return async (): Promise<never> => {
    throw failure(kind, `${kind} for the test`);
  };
}

/** One whose health check fails once. */
function engineIllOnce(policy = quickPolicy()): Engine {
  const engine = world.engine({ policy });
  engine.replaceOnce('checkComprehensiveHealth', async () => ILL);
  return engine;
}

async function tick(
  { engineId, incidentId, workflowId }: Engine,
  item: string,
  by: Person = OLGA,
  told: Partial<Told> = {},
): Promise<string> {
  const instruction = tell(engineId, 'tick', by, { incidentId, item, ...told });
  const answer = await sendToRecovery(world.client, workflowId, instruction);
  return answer.accepted ? answer.receipt.done : `refused: ${answer.reason}`;
}

async function resume(engine: Engine, from: ResumeStep, person = RITA, attempt = 1) {
  const gate = await engine.gate('manual_recovery', attempt);
  const told = (await engine.record()).told?.hash ?? null;
  const said = { resume: { from, told } };
  return engine.send(sign(gate, 'approve', person, { said }));
}

async function stateOf(engine: Engine, id: ItemId) {
  const items = checklistOf(await engine.record()).flatMap((section) => section.items);
  return items.find((item) => item.id === id);
}

describe('the manual checklist', { concurrency: 8 }, () => {
  test('shows what is proven, takes ticks of people, and ends in a verifiable record', async () => {
    const engine = engineIllOnce();
    await engine.crash();
    await engine.gate('manual_recovery');
    assert.equal((await stateOf(engine, 'checkpoint.checksum'))?.state, 'proven');
    const started = await stateOf(engine, 'test.services');
    assert.equal(started?.state, 'open');
    assert.match(started?.evidence ?? '', /feed: stale/);
    assert.equal(await tick(engine, 'fix.code'), '"fix.code" is ticked');
    const { atMs, ...ticked } = (await stateOf(engine, 'fix.code'))?.ticked ?? { atMs: 0 };
    assert.deepEqual(ticked, { by: 'olga', note: 'for the test' });
    assert.ok(atMs > 0);
    assert.equal((await resume(engine, 'load_state')).accepted, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
    const record = await engine.record();
    assert.equal((await stateOf(engine, 'test.services'))?.state, 'proven');
    assert.match((await stateOf(engine, 'resume.approval'))?.evidence ?? '', /signed by rita/);
    const proof = verifyRecord(record, APPROVERS);
    assert.deepEqual([proof.status, proof.told?.status], ['verified', 'verified']);
    record.told!.kept[0]!.told.reason = 'something else';
    assert.equal(verifyRecord(record, APPROVERS).told?.status, 'failed');
  });

  test('refuses a tick of nobody who may, of no item, of what is proven, of another incident', async () => {
    const engine = engineIllOnce();
    await engine.crash();
    await engine.gate('manual_recovery');
    assert.match(
      await tick(engine, 'fix.code', DEAN),
      /"dean" has roles dev; tick asks for ops or/,
    );
    const forged = { ...OLGA, privateKey: RITA.privateKey };
    assert.match(await tick(engine, 'fix.code', forged), /none of "olga"/);
    assert.match(await tick(engine, 'fix.everything'), /no item of the checklist/);
    assert.match(await tick(engine, 'checkpoint.exists'), /is proven already/);
    assert.match(await tick(engine, 'resume.approval'), /It is signed, not ticked/);
    const other = { incidentId: 'other/instance' };
    assert.match(await tick(engine, 'fix.code', OLGA, other), /It is for "other\/instance"/);
    const id = '00000000-0000-4000-8000-000000000001';
    assert.equal(await tick(engine, 'fix.code', OLGA, { id }), '"fix.code" is ticked');
    assert.match(await tick(engine, 'fix.code', OLGA, { id, item: 'fix.tested' }), /taken already/);
    assert.equal((await engine.record()).told?.kept.length, 1);
  });

  test('a tick from before another crash leaves its box open', async () => {
    const engine = engineIllOnce();
    await engine.crash();
    await engine.gate('manual_recovery');
    await tick(engine, 'analyse.cause');
    await engine.crash(9);
    await engine.gate('manual_recovery', 2);
    const item = await stateOf(engine, 'analyse.cause');
    assert.equal(item?.state, 'open');
    assert.match(item?.evidence ?? '', /ticked by olga before the crash/);
  });

  test('resumes from the step that was signed, and reads the venues anew', async () => {
    const engine = engineIllOnce();
    await engine.crash();
    await engine.gate('manual_recovery');
    assert.equal((await resume(engine, 'reconcile')).accepted, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
    const times = (name: string) => engine.callsOf(name).length;
    assert.deepEqual(
      [times('collectEvidence'), times('inspectCheckpoints'), times('loadCheckpoint')],
      [1, 1, 1],
    );
    assert.deepEqual([times('reconcilePositions'), times('startEngine')], [2, 2]);
    const epochs = engine.callsOf('startEngine').map(({ input }) => input['epoch']);
    assert.deepEqual(epochs, [1, 2]);
  });

  test('resumes from the start where nothing was started and the venues were just read', async () => {
    const policy = quickPolicy({ reconciliation: { maxSnapshotAgeMs: 600_000 } });
    const engine = world.engine({ policy });
    engine.replaceOnce('writeRecoveredCheckpoint', refusing('EngineRefused'));
    await engine.crash();
    await engine.gate('manual_recovery');
    assert.equal((await resume(engine, 'start')).accepted, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('reconcilePositions').length, 1);
  });

  test('refuses an unsafe step, a checklist that has changed, and whoever is not risk', async () => {
    const engine = engineIllOnce();
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    const from = async (step: ResumeStep, person = RITA) => {
      const outcome = await resume(engine, step, person);
      return outcome.accepted ? 'accepted' : outcome.reason;
    };
    assert.match(await from('start'), /cannot be resumed from start: an engine was started from/);
    assert.match(await from('analyse', OLGA), /"olga" has roles ops; the gate asks for risk/);
    await tick(engine, 'fix.code');
    const said = { resume: { from: 'analyse' as const, told: null } };
    const outdated = await engine.send(sign(gate, 'approve', RITA, { said }));
    assert.match(outdated.accepted ? '' : outdated.reason, /The checklist has changed/);
    assert.equal((await engine.record()).gates.at(-1)?.decisions.length, 0);
    assert.equal(await from('analyse'), 'accepted');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('after a crash nothing is kept: only from the beginning', async () => {
    const engine = engineIllOnce();
    await engine.crash();
    await engine.gate('manual_recovery');
    await engine.crash(9);
    const outcome = await resume(engine, 'load_state', RITA, 2);
    assert.match(outcome.accepted ? '' : outcome.reason, /it has crashed since they passed/);
  });

  test('full trading by hand is watched closely before it counts, and steps down where it fails', async () => {
    const { pass, softFailure } = troubles;
    const engine = engineIllOnce();
    engine.replace('watchEngine', troubles.inTurn(pass, pass, softFailure, pass));
    await engine.crash();
    await engine.gate('manual_recovery');
    await resume(engine, 'analyse');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const stages = engine.callsOf('applyStage').map(({ input }) => {
      const { percent, monitorMs } = input['stage'] as { percent: number; monitorMs: number };
      return [percent, monitorMs];
    });
    const [long, short] = [MANUAL_MONITOR_MS, 0];
    assert.deepEqual(stages, [
      [50, long],
      [75, short],
      [100, long],
      [75, short],
      [100, long],
    ]);
  });
});

describe('an end without trading', { concurrency: 8 }, () => {
  test('says what is in the market and the one command to go on', async () => {
    const engine = engineIllOnce();
    const position = {
      venue: 'alpha',
      account: 'main',
      instrument: 'BTC/USDT:USDT',
      side: 'net' as const,
      quantity: '0.5',
      averagePrice: '60000',
    };
    engine.replace('readMarketAtEnd', async () => ({
      readAtMs: 1,
      positions: { count: 1, shown: [position] },
      balances: { count: 0, shown: [] },
      orders: { count: 0, shown: [] },
      unprotected: { count: 1, shown: ['alpha BTC/USDT:USDT 0.5 at 60000 (unprotected)'] },
      unread: [{ venue: 'beta', why: 'does not answer' }],
    }));
    await engine.crash();
    await engine.reject('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'halted');
    const text = String(engine.callsOf('notify').at(-1)?.input['text']).replaceAll('\\', '');
    assert.match(text, /beta: NOT READ/);
    assert.match(text, /1 position: alpha BTC\/USDT:USDT 0\.5 at 60000/);
    assert.match(text, /WITHOUT A STOP: alpha BTC\/USDT:USDT 0\.5/);
    assert.ok(text.includes(`Go on: relight retry ${engine.incidentId}`), text);
    const { names } = engine;
    assert.ok(names().indexOf('stopEngine') < names().indexOf('readMarketAtEnd'), 'stopped first');
  });

  test('what could not be read is said to be so, and a recovery that ended well reads nothing', async () => {
    const engine = engineIllOnce();
    engine.replace('readMarketAtEnd', refusing('VenueRefused'));
    await engine.crash();
    await engine.reject('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'halted');
    const { inMarket } = await engine.record();
    assert.ok(inMarket !== undefined && 'notRead' in inMarket);
    assert.match(inMarket.notRead, /VenueRefused/);
    const well = world.engine();
    await well.crash();
    await well.ended();
    assert.equal(well.callsOf('readMarketAtEnd').length, 0);
  });
});
