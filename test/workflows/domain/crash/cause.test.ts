/** Which cause the evidence of a crash comes to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Cause, classifyCause, type CauseFacts } from '../../../../workflows/domain/crash/cause.js';

const NOTHING: CauseFacts = {
  suspicion: 'dead',
  coreSignal: null,
  oomKilled: false,
  segfaultInKernelLog: false,
  assertionInLog: null,
  exit: null,
  kernelLogReadable: true,
};

const exitOf = (code: number | null, signal: string | null = null) => ({ exit: { code, signal } });

/** Evidence, then cause and confidence. */
const TABLE: readonly [string, Partial<CauseFacts>, string][] = [
  ['a core of SIGSEGV', { coreSignal: 11 }, 'segfault certain'],
  ['a core of SIGBUS', { coreSignal: 7 }, 'segfault certain'],
  ['a core of SIGABRT', { coreSignal: 6 }, 'abort certain'],
  ['a core of SIGFPE, which names no cause', { coreSignal: 8 }, 'unknown guess'],
  ['a core of SIGFPE with last words', { coreSignal: 8, assertionInLog: 'x > 0' }, 'abort likely'],
  ['a segfault in the kernel log', { segfaultInKernelLog: true }, 'segfault certain'],
  ['an assertion in the log', { assertionInLog: 'x > 0' }, 'abort likely'],
  ['an OOM kill', { oomKilled: true }, 'out_of_memory certain'],
  ['an OOM kill with a core', { oomKilled: true, coreSignal: 6 }, 'out_of_memory certain'],
  ['last words of memory', { assertionInLog: 'Out Of Memory' }, 'out_of_memory certain'],
  ['a hang', { suspicion: 'hung' }, 'hang certain'],
  [
    'a hang with a core, which the killing left',
    { suspicion: 'hung', coreSignal: 6 },
    'hang certain',
  ],
  ['an exit by SIGKILL', exitOf(null, 'SIGKILL'), 'killed certain'],
  ['an exit by SIGTERM', exitOf(null, 'SIGTERM'), 'killed certain'],
  [
    'an OOM kill seen as SIGKILL',
    { oomKilled: true, ...exitOf(null, 'SIGKILL') },
    'out_of_memory certain',
  ],
  ['an exit by SIGSEGV that left no core', exitOf(null, 'SIGSEGV'), 'unknown guess'],
  ['an exit code above zero', exitOf(3), 'fatal_exit certain'],
  ['an exit code of zero', exitOf(0), 'unknown guess'],
  ['no trace, and a readable kernel log', {}, 'killed likely'],
  ['no trace, and no kernel log', { kernelLogReadable: false }, 'unknown guess'],
];

for (const [evidence, facts, expected] of TABLE) {
  test(`${evidence} means ${expected}`, () => {
    const { cause, confidence, because } = classifyCause({ ...NOTHING, ...facts });
    assert.equal(`${cause} ${confidence}`, expected);
    assert.notEqual(because, '');
  });
}

test('a core says the assertion that it belongs to', () => {
  const facts = { ...NOTHING, coreSignal: 6, assertionInLog: 'bid < ask' };
  assert.match(classifyCause(facts).because, /signal 6: bid < ask/);
});

test('any evidence has exactly one known cause', () => {
  const facts: fc.Arbitrary<CauseFacts> = fc.record({
    suspicion: fc.constantFrom('dead', 'dumping_core', 'hung'),
    coreSignal: fc.option(fc.integer({ min: 1, max: 64 })),
    oomKilled: fc.boolean(),
    segfaultInKernelLog: fc.boolean(),
    assertionInLog: fc.option(fc.string()),
    exit: fc.option(
      fc.record({
        code: fc.option(fc.nat({ max: 255 })),
        signal: fc.option(fc.constantFrom('SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT')),
      }),
    ),
    kernelLogReadable: fc.boolean(),
  });
  fc.assert(
    fc.property(facts, (found) => {
      const { cause, confidence } = classifyCause(found);
      assert.ok(Cause.options.includes(cause));
      assert.equal(cause === 'unknown', confidence === 'guess');
      if (cause === 'killed' && confidence === 'likely') assert.equal(found.coreSignal, null);
    }),
    { numRuns: 1000, seed: 20_261_101 },
  );
});
