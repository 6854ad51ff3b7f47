/** Which cause the evidence of a crash comes to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { adviceFor } from '../../../../workflows/domain/crash/cause/advice.js';
import { Cause, type CauseFacts } from '../../../../workflows/domain/crash/cause/cause.js';
import type { Fault } from '../../../../workflows/domain/crash/cause/fault.js';
import type { Backtrace } from '../../../../workflows/domain/crash/cause/frames.js';
import type { KernelSilence } from '../../../../workflows/domain/crash/cause/kernel-silence.js';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import { NO_FACTS } from '../../../../workflows/domain/crash/sightings.js';

const TOLD: KernelSilence = { oom: null, fault: null };
const LEFT_OUT: KernelSilence = { oom: null, fault: 'the kernel left 3 lines out' };
const CLEARED: KernelSilence = { oom: 'cleared', fault: 'cleared' };

const NOTHING: CauseFacts = {
  ...NO_FACTS,
  suspicion: 'dead',
  threads: [7],
  kernelSilence: TOLD,
};

const exitOf = (code: number | null, signal: string | null = null) => ({ exit: { code, signal } });
const faultOf = (signal: number, more: Partial<Fault> = {}): Fault => ({
  signal,
  code: 1,
  address: null,
  stackPointer: null,
  ...more,
});
const coreOf = (signal: number, more: Partial<Fault> = {}) => ({
  coreFault: faultOf(signal, more),
});
const kernelFault = (task: number, more: object = {}): Partial<CauseFacts> => ({
  kernelLines: [
    { kind: 'fault', task, atDeath: true, ofProgram: true, fault: faultOf(11), ...more },
  ],
});
const oomKill = (task: number): Partial<CauseFacts> => ({
  kernelLines: [{ kind: 'oom', whose: 'host', task, atDeath: true }],
});
const during = (runtime: Backtrace['runtime']) => ({
  backtrace: {
    frames: ['desk::route'],
    runtime,
    inAllocator: false,
    assertion: null,
    place: 'desk::route at a.h:1',
  },
});

/** Evidence, then cause and confidence. */
const TABLE: readonly [string, Partial<CauseFacts>, string][] = [
  ['a core of SIGSEGV', coreOf(11), 'segfault certain'],
  ['a core of SIGBUS', coreOf(7), 'bus_error certain'],
  ['a core of SIGILL', coreOf(4), 'illegal_instruction certain'],
  ['a core of SIGFPE', coreOf(8), 'arithmetic_error certain'],
  ['a core of SIGQUIT', coreOf(3), 'terminated certain'],
  ['a core of SIGSYS', coreOf(31), 'other_signal certain'],
  ['a core of SIGABRT', coreOf(6), 'abort certain'],
  ...(['assertion', 'uncaught_exception', 'heap_corruption', 'smashed_stack'] as const).map(
    (end): [string, Partial<CauseFacts>, string] => [
      `an abort out of the run-time's ${end}`,
      { ...coreOf(6), ...during(end) },
      `${end} certain`,
    ],
  ),
  [
    'a core of SIGFPE with words of memory',
    { ...coreOf(8), lastWords: 'bad_alloc' },
    'arithmetic_error certain',
  ],
  ['a segfault of its thread in the kernel log', kernelFault(7), 'segfault certain'],
  ['a segfault of its program', kernelFault(8), 'segfault likely'],
  [
    'a segfault of its program, and its exit',
    { ...kernelFault(8), ...exitOf(null, 'SIGSEGV') },
    'segfault certain',
  ],
  [
    'a segfault of its program, and an exit with a code',
    { ...kernelFault(8), ...exitOf(3) },
    'fatal_exit certain',
  ],
  ['a segfault of another program', kernelFault(8, { ofProgram: false }), 'killed likely'],
  ['a segfault of its program, long before', kernelFault(8, { atDeath: false }), 'killed likely'],
  ['an assertion in the log', { lastWords: "Assertion `x > 0' failed." }, 'assertion likely'],
  [
    'an assertion and SIGKILL',
    { lastWords: "Assertion `x' failed.", ...exitOf(null, 'SIGKILL') },
    'killed certain',
  ],
  ['an OOM kill of its cgroup', { oomKilled: true }, 'out_of_memory certain'],
  ['an OOM kill by the host', oomKill(7), 'out_of_memory certain'],
  ['an OOM kill of another', oomKill(8), 'killed likely'],
  ['an OOM kill with a core', { oomKilled: true, ...coreOf(6) }, 'out_of_memory certain'],
  ['last words of memory', { lastWords: 'Out Of Memory' }, 'out_of_memory likely'],
  [
    'last words of memory and an abort',
    { lastWords: "of 'std::bad_alloc'", ...exitOf(null, 'SIGABRT') },
    'out_of_memory certain',
  ],
  [
    'last words of memory and an exit',
    { lastWords: 'cannot allocate memory', ...exitOf(1) },
    'out_of_memory likely',
  ],
  [
    'last words of a venue and an exit',
    { lastWords: 'exchange x: connection lost', ...exitOf(1) },
    'disconnect likely',
  ],
  ['a hang', { suspicion: 'hung' }, 'hang certain'],
  [
    'a hang with a core, which the killing left',
    { suspicion: 'hung', ...coreOf(6) },
    'hang certain',
  ],
  ['an exit by SIGKILL', exitOf(null, 'SIGKILL'), 'killed certain'],
  [
    'an exit by SIGKILL, and no kernel log',
    { ...exitOf(null, 'SIGKILL'), kernelSilence: null },
    'killed likely',
  ],
  ['an exit by SIGTERM', exitOf(null, 'SIGTERM'), 'terminated certain'],
  ['an exit by SIGHUP', exitOf(null, 'SIGHUP'), 'terminated certain'],
  ['an exit by SIGUSR1', exitOf(null, 'SIGUSR1'), 'other_signal certain'],
  [
    'an OOM kill seen as SIGKILL',
    { oomKilled: true, ...exitOf(null, 'SIGKILL') },
    'out_of_memory certain',
  ],
  ['an exit by SIGSEGV that left no core', exitOf(null, 'SIGSEGV'), 'segfault certain'],
  ['an exit by SIGABRT that left no words', exitOf(null, 'SIGABRT'), 'abort certain'],
  ['an exit code above zero', exitOf(3), 'fatal_exit certain'],
  ['an exit code of zero', exitOf(0), 'unannounced_exit certain'],
  ['an exit that nobody understood', exitOf(null), 'unknown guess'],
  ['an engine that was never seen', { neverCameUp: true }, 'never_came_up certain'],
  ['no trace, and a readable kernel log', {}, 'killed likely'],
  ['no trace, and no kernel log', { kernelSilence: null }, 'unknown guess'],
  ['no trace, and a log that left faults out', { kernelSilence: LEFT_OUT }, 'unknown guess'],
  ['no trace, and a log that was cleared', { kernelSilence: CLEARED }, 'unknown guess'],
  [
    'an exit by SIGSEGV that the log left out',
    { ...exitOf(null, 'SIGSEGV'), kernelSilence: LEFT_OUT },
    'segfault certain',
  ],
  [
    'last words, and a log that left faults out',
    { lastWords: "Assertion `x' failed.", kernelSilence: LEFT_OUT },
    'assertion likely',
  ],
  [
    'a segfault of its program, and a log that left others out',
    { ...kernelFault(8), kernelSilence: LEFT_OUT },
    'segfault likely',
  ],
  [
    'an exit by SIGKILL, and a log that left faults out',
    { ...exitOf(null, 'SIGKILL'), kernelSilence: LEFT_OUT },
    'killed certain',
  ],
  [
    'an exit by SIGKILL, and a log that was cleared',
    { ...exitOf(null, 'SIGKILL'), kernelSilence: CLEARED },
    'killed likely',
  ],
];

for (const [evidence, facts, expected] of TABLE) {
  test(`${evidence} means ${expected}`, () => {
    const { cause, confidence, because, advice } = classifyCause({ ...NOTHING, ...facts });
    assert.equal(`${cause} ${confidence}`, expected);
    assert.notEqual(because, '');
    assert.deepEqual(advice, adviceFor(cause));
  });
}

/** `si_code`, address and stack pointer of a segmentation fault, and what is said of it. */
const FAULTS: readonly [Partial<Fault>, RegExp][] = [
  [{ address: '0x0' }, /null pointer/],
  [{ address: '0x40' }, /near null, at 0x40/],
  [
    { address: '0x7ead00000010', stackPointer: '0x7fff00001000' },
    /wild pointer, at 0x7ead00000010/,
  ],
  [{ code: 128, address: '0x0' }, /wild pointer, an address that cannot be/],
  [{ code: 2, address: '0x7ead00000010' }, /may not be used so/],
  [{ code: 2, address: '0x7fff00000ff8', stackPointer: '0x7fff00001000' }, /stack overflow/],
  [{ address: '0x7ffefff81000', stackPointer: '0x7fff00001000' }, /stack overflow/],
  // At the top of a frame of 4 KiB, as the kernel told it of one that was run.
  [{ address: '0x7ffc13f4aff8', stackPointer: '0x7ffc13f49ff0' }, /stack overflow/],
  [{ code: 0, sender: 12 }, /sent by pid 12, no fault of its own/],
  [{ code: -6, sender: 7, fromItself: true }, /SIGSEGV: passed on by its own handler, so/],
];

for (const [fault, words] of FAULTS) {
  test(`a segmentation fault with ${JSON.stringify(fault)} is told as ${words}`, () => {
    assert.match(classifyCause({ ...NOTHING, ...coreOf(11, fault) }).because, words);
  });
}

test('a core says the assertion that it belongs to, and where it failed', () => {
  const lastWords = "book.cpp:7: Assertion `bid < ask' failed.";
  const { because } = classifyCause({
    ...NOTHING,
    ...coreOf(6),
    lastWords,
    ...during('assertion'),
  });
  assert.match(because, /signal 6, SIGABRT: .*`bid < ask'.*, in desk::route at a\.h:1/);
});

test('what the kernel left out is said, and nobody is said to have killed it', () => {
  const { because } = classifyCause({ ...NOTHING, kernelSilence: LEFT_OUT });
  assert.match(because, /the kernel left 3 lines out/);
  assert.doesNotMatch(because, /SIGKILL|from outside/);
});

test('a shell tells the signal of whom it ran by its exit code', () => {
  assert.match(classifyCause({ ...NOTHING, ...exitOf(139) }).because, /a shell's word for SIGSEGV/);
});

test('no secret of a log is in what is said', () => {
  const lastWords = 'fatal error: refused, apiKey=AKIA77HUNTER secret: hunter2hunter2';
  for (const more of [{}, coreOf(6), exitOf(3)]) {
    const told = JSON.stringify(classifyCause({ ...NOTHING, ...more, lastWords }));
    assert.doesNotMatch(told, /HUNTER|hunter2/);
  }
});

test('any evidence has exactly one known cause', () => {
  const fault = fc.record({
    signal: fc.integer({ min: 1, max: 64 }),
    code: fc.option(fc.constantFrom(0, 1, 2, 128)),
    address: fc.option(fc.constantFrom('0x0', '0x8', '0x7fff00000000')),
    stackPointer: fc.option(fc.constantFrom('0x7fff00000010')),
  });
  const facts: fc.Arbitrary<CauseFacts> = fc.record({
    suspicion: fc.constantFrom('dead', 'dumping_core', 'hung'),
    exit: fc.option(
      fc.record({
        code: fc.option(fc.nat({ max: 255 })),
        signal: fc.option(fc.constantFrom('SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT')),
      }),
    ),
    coreFault: fc.option(fault),
    threads: fc.subarray([7, 8]),
    kernelLines: fc.array(
      fault.map((one) => ({
        kind: 'fault' as const,
        task: 7,
        atDeath: true,
        ofProgram: true,
        fault: one,
      })),
      { maxLength: 2 },
    ),
    oomKilled: fc.boolean(),
    lastWords: fc.option(fc.string()),
    backtrace: fc.option(fc.constant(during('assertion').backtrace)),
    hungThreads: fc.constant(null),
    neverCameUp: fc.boolean(),
    kernelSilence: fc.option(
      fc.record(
        { oom: fc.option(fc.constant('lost')), fault: fc.option(fc.constant('left out')) },
        { noNullPrototype: true },
      ),
    ),
  });
  fc.assert(
    fc.property(facts, (found) => {
      const { cause, confidence } = classifyCause(found);
      assert.ok(Cause.options.includes(cause));
      assert.equal(cause === 'unknown', confidence === 'guess');
      if (cause === 'killed' && confidence === 'likely')
        assert.notEqual(found.coreFault?.signal, 11);
      if (cause === 'killed' && found.exit === null && found.coreFault === null)
        assert.deepEqual(found.kernelSilence, TOLD);
    }),
    { numRuns: 1000, seed: 20_261_101 },
  );
});
