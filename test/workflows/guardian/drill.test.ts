/** A drill: announced by somebody who may, marked wherever it is told, one crash alone, and no softer than any other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sendInstruction } from '../../../clients/temporal/recoveries.js';
import type { Engine } from '../fakes/engine.js';
import { DEAN, OLGA, tell, type Person } from '../fakes/people.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

async function announce({ engineId }: Engine, by: Person = OLGA): Promise<string> {
  const answer = await sendInstruction(world.client, tell(engineId, 'drill', by));
  return answer.accepted ? answer.receipt.done : `refused: ${answer.reason}`;
}

async function closed(engine: Engine, incidents: number) {
  return eventually(`${incidents} incidents of ${engine.engineId}, all closed`, async () => {
    const status = await engine.status();
    return status.openIncident === null && status.past.length === incidents && status;
  });
}

function titles(engine: Engine): string[] {
  return engine.callsOf('notify').map(({ input }) => String(input['title']));
}

test('the next crash is marked in record and titles, asks as ever, and the one after it is none', async () => {
  const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
  assert.match(await announce(engine), /the next crash of .* within 10 min is a drill/);
  await engine.crash();
  await engine.gate('manual_recovery');
  assert.deepEqual((await engine.record()).drill, { by: 'olga', reason: 'for the test' });
  await engine.reject('manual_recovery');
  const { drill, crashTimesMs } = await closed(engine, 1);
  assert.deepEqual([drill, crashTimesMs.length], [undefined, 1], 'used up, and counted as a crash');
  const told = titles(engine);
  assert.ok(told.length > 2 && told.every((title) => title.startsWith('DRILL: ')), told.join('\n'));
  const before = told.length;
  await engine.crash(7);
  await closed(engine, 2);
  const later = titles(engine).slice(before);
  assert.ok(later.length > 0 && later.every((title) => !title.includes('DRILL')), later.join('\n'));
});

test('who may not recover it announces none, and neither does anybody on hold', async () => {
  const engine = world.engine();
  assert.match(await announce(engine, DEAN), /^refused: .*roles dev; drill asks for ops or risk/);
  await engine.hold({ reason: 'deployment', by: 'olga' });
  assert.match(await announce(engine), /^refused: .* is on hold by olga/);
  assert.equal((await engine.status()).drill, undefined);
});
