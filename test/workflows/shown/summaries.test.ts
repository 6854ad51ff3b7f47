/** What the timeline says: of every activity and timer, bounded for whatever is in it, and sealed with the rest. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  activitySummary,
  summaryText,
  waitingSummary,
} from '../../../workflows/shown/summaries.js';
import { exposureUnknown } from '../fakes/troubles.js';
import type { Engine } from '../fakes/engine.js';
import { openWorld, type World } from '../fakes/world.js';

/** A server takes so many bytes of a summary, with all that it is wrapped in. */
const TAKEN = 400;
const QUESTION = 'Exposure is unknown: no price for """\\\\\\""". ';

interface Summary {
  of: string;
  text: string;
  sealed: boolean;
}

/** Of all activities, timers and children. */
async function summariesOf(world: World, { workflowId }: Engine): Promise<Summary[]> {
  const { history } = await world.connection.workflowService.getWorkflowExecutionHistory({
    namespace: 'default',
    execution: { workflowId },
  });
  const all: Summary[] = [];
  for (const event of history?.events ?? []) {
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
    const of = activity ?? (event.timerStartedEventAttributes ? 'timer' : null);
    if (of === null || of === undefined) continue;
    const payload = event.userMetadata?.summary;
    assert.ok(payload, `${of} has no summary`);
    const sealed = Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== 'json/plain';
    all.push({ of, text: Buffer.from(payload.data ?? []).toString(), sealed });
  }
  return all;
}

for (const encryption of [false, true]) {
  describe(`in a real history${encryption ? ', encrypted' : ''}`, () => {
    let world: World;
    before(async () => (world = await openWorld({ encryption })));
    after(async () => world.close());

    test('each activity and timer says what it is for, and a gate what it asks', async () => {
      const unpriced = [QUESTION, '\u202e'.repeat(200)];
      const engine = world.engine({
        fakes: {
          ...exposureUnknown,
          measureExposure: async () => ({ kind: 'unknown', unpriced, total: '1' }),
        },
      });
      await engine.crash();
      await engine.approve('exposure');
      assert.equal((await engine.ended()).outcome, 'recovered');
      const all = await summariesOf(world, engine);
      assert.ok(all.length > 20, `${all.length}`);
      assert.deepEqual(new Set(all.map(({ sealed }) => sealed)), new Set([encryption]));
      const inClear = (word: string) => all.some(({ text }) => text.includes(word));
      assert.equal(inClear('WAITING FOR YOU'), !encryption);
      assert.equal(inClear(engine.engineId), !encryption);
      if (encryption) return;
      for (const { of, text } of all) assert.notEqual(text, JSON.stringify(of));
      const gate = all.find(({ text }) => text.includes('WAITING'));
      assert.match(gate?.text ?? '', /^"WAITING FOR YOU: Exposure is unknown/);
    });
  });
}

test('whatever is in it, a summary is one printable line, and a third of what is taken', () => {
  const hard = fc.string({ unit: fc.constantFrom('"', '\\', '\u202e', '漢', '\n', 'a', '\ud800') });
  fc.assert(
    fc.property(fc.oneof(fc.string(), hard), fc.nat(20), (text, times) => {
      const question = text.repeat(times * 20);
      for (const summary of [
        summaryText(question),
        waitingSummary({ question }),
        activitySummary('notify', { title: question }),
        activitySummary('loadCheckpoint', { name: question }),
      ]) {
        assert.doesNotMatch(summary, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.ok(Buffer.byteLength(JSON.stringify(summary)) <= (TAKEN * 2) / 3);
      }
    }),
  );
});

test('an activity that has no words is called by its name', () => {
  assert.equal(activitySummary('somethingNew', {}), 'somethingNew');
});
