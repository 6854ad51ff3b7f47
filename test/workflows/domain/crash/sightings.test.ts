/** What many have seen of one death adds up, in whatever order it comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import {
  CrashReport,
  Probe,
  type Sighting,
  Suspicion,
} from '../../../../workflows/domain/crash/report.js';
import {
  addFacts,
  addSighting,
  causeFactsOf,
  type Facts,
} from '../../../../workflows/domain/crash/sightings.js';

const report: CrashReport = {
  engineId: 'desk',
  instance: { instanceId: 'desk-e1', pid: 7, startTicks: '9', build: '', epoch: 1 },
  suspicion: 'dead',
  probe: 'socket',
  detail: 'end of file, process gone',
  detectedAtMs: 1,
  host: 'h',
};

const faultOf = (signal: number) => ({ signal, code: null, address: null, stackPointer: null });

const exit = fc.record(
  {
    code: fc.option(fc.integer({ min: 0, max: 3 })),
    signal: fc.option(fc.constantFrom('SIGKILL', 'SIGTERM')),
  },
  { noNullPrototype: true },
);
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    suspicion: fc.constantFrom(...Suspicion.options),
    coreFault: fc.option(fc.constantFrom(4, 6, 11).map(faultOf)),
    threads: fc.subarray([7, 8, 9]),
    kernelLines: fc.subarray([
      { kind: 'oom', whose: 'host', task: 7, atDeath: true },
      { kind: 'fault', fault: faultOf(11), task: 8, atDeath: true, ofProgram: true },
    ] as const),
    oomKilled: fc.boolean(),
    lastWords: fc.option(fc.constantFrom('x > 0', 'out of memory')),
    exit: fc.option(exit),
    kernelSilence: fc.option(
      fc.record(
        { oom: fc.option(fc.constant('lost')), fault: fc.option(fc.constant('left out')) },
        { noNullPrototype: true },
      ),
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const sighting: fc.Arbitrary<Sighting> = fc.record(
  {
    suspicion: fc.constantFrom(...Suspicion.options),
    probe: fc.constantFrom(...Probe.options),
    detail: fc.constantFrom('', 'seen'),
    exit,
  },
  { requiredKeys: ['suspicion', 'probe', 'detail'], noNullPrototype: true },
);

/** A list and the same in another order, some of it twice. */
const shuffled = <T>(item: fc.Arbitrary<T>) =>
  fc.array(item, { minLength: 1, maxLength: 6 }).chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc
        .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all))
        .map(([other, again]) => [...other, ...again]),
    ),
  );

test('facts add up to the same in whatever order they come, and however often', () => {
  fc.assert(
    fc.property(shuffled(facts), ([one, other]) => {
      assert.deepEqual(causeFactsOf(report, one), causeFactsOf(report, other));
    }),
  );
});

test('sightings add up to the same facts in whatever order, and stay few', () => {
  fc.assert(
    fc.property(shuffled(sighting), ([one, other]) => {
      const a = one.reduce(addSighting, report);
      const b = other.reduce(addSighting, report);
      assert.deepEqual(causeFactsOf(a, []), causeFactsOf(b, []));
      assert.ok(CrashReport.safeParse(a).success);
      const again = other.reduce(addSighting, a);
      assert.equal(again, a, 'what is known already adds nothing');
    }),
  );
});

test('what is known is never lost to one who knows nothing', () => {
  fc.assert(
    fc.property(facts, facts, (known, more) => {
      const sum = causeFactsOf(report, [known, more]);
      assert.equal(sum.coreFault === null, !known.coreFault && !more.coreFault);
      for (const id of [...(known.threads ?? []), ...(more.threads ?? [])]) {
        assert.ok(sum.threads.includes(id));
      }
      assert.equal(sum.exit === null, !known.exit && !more.exit);
      assert.equal(sum.oomKilled, known.oomKilled === true || more.oomKilled === true);
      assert.deepEqual(addFacts(sum, known), sum);
    }),
  );
});

test('a later exit status tells the cause that the first sighting could not', () => {
  const told = addSighting(report, {
    suspicion: 'dead',
    probe: 'procfs',
    detail: 'exit status read',
    exit: { code: 3, signal: null },
  });
  assert.equal(
    classifyCause(causeFactsOf(report, [{ kernelSilence: { oom: null, fault: null } }])).cause,
    'killed',
  );
  const { cause, confidence, because } = classifyCause(
    causeFactsOf(told, [{ kernelSilence: { oom: null, fault: null } }]),
  );
  assert.deepEqual([cause, confidence, because], ['fatal_exit', 'certain', 'exit code 3']);
});

test('a report of an earlier version, without sightings, reads as it is', () => {
  assert.deepEqual(CrashReport.parse(report), report);
  assert.equal(causeFactsOf(report, []).suspicion, 'dead');
});
