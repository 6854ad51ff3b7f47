/** An engine that never came up: what its report names, what is said of it, and when nothing of it is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CrashReported } from '../../../../workflows/contract/schemas.js';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import { foreignTo } from '../../../../workflows/domain/crash/home.js';
import { remembered } from '../../../../workflows/domain/crash/remembered.js';
import { CrashReport, type RanReport } from '../../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../../workflows/domain/crash/sightings.js';
import { crashNotice } from '../../../../workflows/domain/crash/telling.js';
import { lifeOf, neverCameUp, unseenNotice } from '../../../../workflows/domain/crash/unseen.js';
import { crashUpdateId } from '../../../../workflows/ids.js';

const WHOSE = { engineId: 'alpha', host: 'host-1', sinceMs: 1_700_000_000_000 };
const report = neverCameUp(WHOSE, 1_700_000_300_000);
const ran: RanReport = {
  ...report,
  instance: { instanceId: 'alpha-e1', pid: 7, startTicks: '1', build: 'b', epoch: 1 },
  suspicion: 'dead',
};

test('the same silence is the same instance whenever it is told, and another one is another', () => {
  const { instanceId } = report.instance;
  assert.equal(instanceId, 'never-came-up-host-1-1700000000000');
  const later = neverCameUp(WHOSE, 1_700_000_999_000);
  assert.equal(crashUpdateId(later), crashUpdateId(report));
  for (const change of [{ host: 'host-2' }, { sinceMs: 1_700_000_000_001 }]) {
    assert.notEqual(neverCameUp({ ...WHOSE, ...change }, 1).instance.instanceId, instanceId);
  }
});

test('its report names no process, passes as it is, and contradicts itself nowhere', () => {
  assert.deepEqual(CrashReported.parse(report), report);
  assert.deepEqual(remembered(report), report);
  assert.deepEqual(report.instance.pid, null);
  const contradicting = [
    { ...ran, suspicion: 'never_came_up' },
    { ...report, suspicion: 'dead' },
  ];
  for (const one of contradicting) assert.equal(CrashReported.safeParse(one).success, false);
  const numbers = [0, -1, 1.5, Number.NaN];
  for (const pid of numbers) {
    const taken: unknown = { ...report, instance: { ...report.instance, pid } };
    assert.equal(CrashReport.safeParse(taken).success, false, String(pid));
    assert.equal(CrashReported.safeParse(taken).success, false, String(pid));
  }
});

test('its cause is that it never came up, and nobody is shown a number that nothing had', () => {
  const { cause, confidence, advice } = classifyCause(causeFactsOf(report, []));
  assert.deepEqual([cause, confidence], ['never_came_up', 'certain']);
  assert.equal(advice?.scenario, 'Never came up');
  assert.notEqual(classifyCause(causeFactsOf(ran, [])).cause, 'never_came_up');
  const limits = { maxCrashes: 3, windowMs: 600_000 };
  const circumstances = { incidentId: 'i', count: 1, limits, killSwitch: 'released' } as const;
  const { title, text } = crashNotice(report, circumstances);
  assert.equal(title, 'alpha does not run: it never came up, crash 1 in 600 s');
  assert.match(text, /Instance never-came-up-\S+, no process of it was ever seen\./);
  assert.doesNotMatch(text, /pid|build|epoch|null/);
});

test('the notice names the next step, and why it is not taken by itself', () => {
  const plain = unseenNotice({ ...WHOSE, why: null });
  assert.match(plain.text, /relight recover alpha/);
  assert.doesNotMatch(plain.text, /by itself/);
  const doubted = unseenNotice({ ...WHOSE, why: 'its unit names pid 7' });
  assert.match(doubted.text, /not recovered by itself: its unit names pid 7\./);
  assert.equal(doubted.dedupKey, plain.dedupKey);
});

test('it is taken from no host where nobody says that the engine lives, and a death is', () => {
  const nowhere = { last: null, configured: null };
  assert.match(foreignTo(report, nowhere) ?? '', /may live elsewhere/);
  assert.equal(foreignTo(ran, nowhere), null);
  for (const known of [
    { last: 'host-1', configured: null },
    { last: null, configured: 'host-1' },
  ]) {
    assert.equal(foreignTo(report, known), null);
    assert.match(foreignTo({ ...report, host: 'host-2' }, known) ?? '', /lives on "host-1"/);
  }
});

const RUNNING = [{ instanceId: 'e1', pid: 7 }];
const words = fc.array(fc.constantFrom('one', 'another'), { maxLength: 2 });
const signs = fc.record({ looking: fc.nat({ max: 2 }), named: words, doubts: words });
const surfaces = fc.constantFrom('answers', 'silent', 'unclear', 'untold' as const);

test('nothing is there only where nobody is named, no source doubts, and somebody can tell', () => {
  fc.assert(
    fc.property(fc.boolean(), signs, surfaces, (runs, seen, surface) => {
      const { kind } = lifeOf(runs ? RUNNING : [], seen, surface);
      const isSeen = runs || seen.named.length > 0 || surface === 'answers';
      assert.equal(kind === 'alive', isSeen);
      if (kind !== 'nothing') return;
      assert.deepEqual(seen.doubts, []);
      assert.notEqual(surface, 'unclear');
      assert.ok(surface === 'silent' || seen.looking > 0);
    }),
  );
  assert.equal(lifeOf([], { looking: 0, named: [], doubts: [] }, 'silent').kind, 'nothing');
  assert.equal(lifeOf([], { looking: 1, named: [], doubts: [] }, 'untold').kind, 'nothing');
});
