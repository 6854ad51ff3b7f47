/** A ramp that people have step down, stay, and go on. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Context } from '@temporalio/activity';
import { sendToRecovery } from '../../../clients/temporal/recoveries.js';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import type { WindowVerdict } from '../../../workflows/domain/policy/ramp.js';
import type { Told } from '../../../workflows/domain/steering/instruction.js';
import type { RecoveryCommand } from '../../../workflows/domain/steering/table.js';
import type { Engine, Fakes } from '../fakes/engine.js';
import { APPROVERS, DEAN, OLGA, tell, type Person } from '../fakes/people.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const { pass, softFailure, hardFailure } = troubles;

async function order(
  { engineId, incidentId, workflowId }: Engine,
  command: RecoveryCommand,
  { person = OLGA, ...told }: Partial<Told> & { person?: Person } = {},
): Promise<string> {
  const instruction = tell(engineId, command, person, { incidentId, ...told });
  const answer = await sendToRecovery(world.client, workflowId, instruction);
  return answer.accepted ? answer.receipt.done : `refused: ${answer.reason}`;
}

function percents({ callsOf }: Engine): unknown[] {
  return callsOf('applyStage').map(({ input }) => (input['stage'] as { percent: number }).percent);
}

/** Windows that pass, until the one of a stage, which lasts until `next` gives its verdict. */
function windows(): {
  fakes: Fakes;
  next: (verdict: WindowVerdict) => void;
  waiting: () => number;
} {
  const open: ((verdict: WindowVerdict) => void)[] = [];
  // As a real one, it ends when nobody waits for it any more: a worker cannot stop before.
  const watchEngine = async () => {
    const verdict = new Promise<WindowVerdict>((resolve) => open.push(resolve));
    return Promise.race([verdict, Context.current().cancelled]);
  };
  return {
    fakes: { watchEngine },
    next: (verdict) => open.at(-1)?.(verdict),
    waiting: () => open.length,
  };
}

/** With the window of 75 % open. */
async function at75(): Promise<{ engine: Engine; held: ReturnType<typeof windows> }> {
  const held = windows();
  const engine = world.engine({ fakes: held.fakes });
  await engine.crash();
  await eventually('the window of 50 %', async () => held.waiting() === 1);
  held.next(pass);
  await eventually('the window of 75 %', async () => held.waiting() === 2);
  return { engine, held };
}

describe('a ramp that is steered', { concurrency: 8 }, () => {
  test('steps down at once without a question, stays, and goes up again by its own rules', async () => {
    const { engine, held } = await at75();
    assert.match(await order(engine, 'step_down'), /steps down to 50 %; it stays there/);
    await engine.called('applyStage', 3);
    const gate = await engine.gate('ramp_paused');
    assert.match(gate.question, /stays at 50 %: olga has stepped the ramp down \(for the test\)/);
    const { rampPaused, ramp } = await engine.record();
    assert.deepEqual([rampPaused?.percent, rampPaused?.by], [50, 'olga']);
    assert.equal(ramp[1]?.note, 'stepped down: olga: for the test');
    assert.deepEqual(percents(engine), [50, 75, 50]);
    engine.replace('watchEngine', async () => pass);
    await engine.approve('ramp_paused');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(percents(engine), [50, 75, 50, 75, 100]);
    const record = await engine.record();
    assert.equal(record.rampPaused, undefined);
    assert.equal(verifyRecord(record, APPROVERS).status, 'verified');
    assert.equal(record.told?.kept[0]?.told.command, 'step_down');
    held.next(pass);
  });

  test('goes down as far as it is told, and never up', async () => {
    const { engine } = await at75();
    assert.match(await order(engine, 'step_down', { percent: 80 }), /80 % is no step down from 75/);
    assert.match(await order(engine, 'step_down', { percent: 20 }), /steps down to 20 %/);
    await engine.gate('ramp_paused');
    assert.match(await order(engine, 'step_down'), /20 % is its lowest stage: --to PERCENT/);
    assert.match(await order(engine, 'step_down', { percent: 20 }), /is no step down from 20 %/);
    engine.replace('watchEngine', async () => pass);
    await engine.approve('ramp_paused');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(percents(engine), [50, 75, 20, 50, 75, 100]);
  });

  test('stays where it is, watches that stage anew in full, and skips none', async () => {
    const { engine, held } = await at75();
    assert.match(await order(engine, 'pause'), /the ramp stays at 75 %/);
    await engine.gate('ramp_paused');
    assert.deepEqual(percents(engine), [50, 75]);
    await eventually('it is watched meanwhile', async () => held.waiting() === 3);
    engine.replace('watchEngine', troubles.inTurn(pass));
    await engine.approve('ramp_paused');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(percents(engine), [50, 75, 100]);
    // 50 %, 75 %, while it stayed, 75 % anew, 100 %.
    assert.equal(engine.callsOf('watchEngine').length, 5);
  });

  test('a check that fails while it stays counts: a hard one shuts down at once', async () => {
    const { engine, held } = await at75();
    await order(engine, 'pause');
    await engine.gate('ramp_paused');
    await eventually('it is watched meanwhile', async () => held.waiting() === 3);
    held.next(hardFailure);
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /emergency shutdown during the ramp/);
    assert.deepEqual(percents(engine), [50, 75]);
    const [paused] = (await engine.record()).gates;
    assert.equal(paused?.outcome, 'withdrawn');
  });

  test('a soft one steps down by the rules of the ramp, and it stays there', async () => {
    const { engine, held } = await at75();
    await order(engine, 'pause');
    await engine.gate('ramp_paused');
    await eventually('it is watched meanwhile', async () => held.waiting() === 3);
    held.next(softFailure);
    await engine.gate('ramp_paused', 2);
    assert.deepEqual(percents(engine), [50, 75, 50]);
    engine.replace('watchEngine', async () => pass);
    await engine.approve('ramp_paused', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(percents(engine), [50, 75, 50, 75, 100]);
  });

  test('a refused continue shuts down, and an order while it asks takes its place', async () => {
    const { engine } = await at75();
    await order(engine, 'pause');
    await engine.gate('ramp_paused');
    await order(engine, 'step_down');
    await engine.gate('ramp_paused', 2);
    assert.deepEqual(percents(engine), [50, 75, 50]);
    await engine.reject('ramp_paused', { attempt: 2 });
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('stopEngine').length, 1);
  });

  test('an order during the question of an inconclusive window needs no answer to it', async () => {
    const engine = world.engine({ fakes: troubles.windows(pass, troubles.inconclusive, pass) });
    await engine.crash();
    await engine.gate('ramp');
    await order(engine, 'step_down');
    await engine.gate('ramp_paused');
    assert.deepEqual(percents(engine), [50, 75, 50]);
    assert.equal((await engine.record()).gates[0]?.outcome, 'withdrawn');
    await engine.approve('ramp_paused');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('is not to be had by whoever may not, without a ramp, or before anything is granted', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    assert.match(await order(engine, 'pause'), /No ramp is under way \(it is at market\)/);
    assert.match(await order(engine, 'pause', { person: DEAN }), /"dean" has roles dev/);
    assert.equal((await engine.record()).told, undefined);
  });
});
