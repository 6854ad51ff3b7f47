/** One bug is one signature, whatever a build, the data and the moment make of its stack. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause, CauseFacts } from '../../../../workflows/domain/crash/cause/cause.js';
import { backtraceIn } from '../../../../workflows/domain/crash/cause/frames.js';
import { signatureOf } from '../../../../workflows/domain/crash/cause/signature.js';
import { hungThreadsIn, lockCycle } from '../../../../workflows/domain/crash/cause/threads.js';
import { NO_FACTS } from '../../../../workflows/domain/crash/sightings.js';

const NOTHING: CauseFacts = {
  ...NO_FACTS,
  suspicion: 'dead',
};

const stackOf = (...names: string[]) =>
  backtraceIn(names.map((name, at) => `#${at}  0x1 in ${name}`).join('\n'));

const signed = (cause: Cause, names: readonly string[], more: Partial<CauseFacts> = {}) =>
  signatureOf(cause, { ...NOTHING, ...more, backtrace: stackOf(...names) });

const SIGNAL = '<signal handler called>';
const RATE = ['desk::rate () at risk.h:9', 'desk::onSignal () at risk.h:12', SIGNAL];

test('what a signal interrupted is no part of a fault in its handler', () => {
  const sorting = signed('arithmetic_error', [...RATE, 'desk::sort () at a.cpp:1', 'main ()']);
  const printing = signed('arithmetic_error', [...RATE, 'desk::print () at a.cpp:2', 'main ()']);
  assert.ok(sorting !== null);
  assert.equal(sorting, printing);
});

const ENDS = [
  '__GI_raise (sig=6) at ../sysdeps/posix/raise.c:26',
  '__GI_abort () at ./stdlib/abort.c:79',
];

test('a handler that only gives up was called for what lies under it', () => {
  const under = ['desk::route () at a.cpp:1', 'desk::trade () at a.cpp:2'];
  const handled = [...ENDS, 'desk::onFault (n=11) at main.cpp:7', SIGNAL, ...under];
  assert.equal(signed('abort', handled), signed('abort', under));
  const twice = [...ENDS, 'desk::onAbort (n=6) at main.cpp:9', SIGNAL, ...handled];
  assert.equal(signed('abort', twice), signed('abort', under));
  assert.equal(stackOf(...handled)?.place, 'desk::route at a.cpp:1');
});

const asserted = (text: string) =>
  signed('assertion', ['desk::apply () at a.cpp:1'], {
    lastWords: `e: a.cpp:1: f: Assertion \`${text}' failed.`,
  });

test('figures in the text of an assertion are of the moment, those in a name are of the source', () => {
  const same = ['fill of 279 at 32053.5 exceeds -3', 'fill of 1 at 7 exceeds 0x1f'];
  assert.equal(new Set(same.map((text) => asserted(`q <= open && "${text}"`))).size, 1);
  assert.notEqual(asserted('level1 > 0'), asserted('level2 > 0'));
  assert.notEqual(asserted('bid < ask'), asserted('bid > ask'));
  assert.notEqual(asserted('legs.size() == 2'), asserted('legs.size() == 3'));
});

test('a circle is known by whom most of it passes through, wherever the stack ended', () => {
  const overflow = {
    coreFault: { signal: 11, code: 1, address: '0x7ffc0010', stackPointer: '0x7ffc0010' },
  };
  const turn = [
    'desk::submit (d=1) at a.cpp:1',
    'desk::route (d=1) at a.cpp:2',
    'desk::dark (d=1) at a.cpp:3',
    'desk::route (d=2) at a.cpp:2',
  ];
  const whole = Array.from({ length: 5 }, () => turn).flat();
  const jumped = whole.filter((name) => !name.startsWith('desk::submit'));
  const later = ['vfprintf () at ./stdio-common/vfprintf.c:1', ...whole.slice(1)];
  const all = [whole, jumped, later].map((names) => signed('segfault', names, overflow));
  assert.equal(new Set(all).size, 1);
  assert.match(all[0] ?? '', /^segfault:desk::route:/);
});

test('a destructor that ended by a jump is named by who called it', () => {
  const deleter = 'std::default_delete<desk::Journal>::operator() (this=0x1) at unique_ptr.h:95';
  const rest = [deleter, 'desk::close () at a.cpp:9', 'main () at main.cpp:1'];
  const there = ['desk::Journal::~Journal () at a.cpp:5', ...rest];
  assert.equal(signed('heap_corruption', rest), signed('heap_corruption', there));
  assert.equal(stackOf(...rest)?.frames[0], 'desk::Journal::~Journal');
});

test('sources of the C library are no place of the program, those of a program of the same folder are', () => {
  const names = ['outstring (s=1) at ../libio/libioP.h:947', 'desk::log () at ./io/log.cpp:3'];
  assert.deepEqual(stackOf(...names)?.frames, ['desk::log']);
});

const waiting = (
  id: number,
  call: string,
  lock: string,
) => `Thread ${id} (Thread 0x1 (LWP ${id}) "a"):
#0  0x1 in ${call} () at ./nptl/x.c:1
#1  0x1 in desk::f${id} () at a.h:${id}
Thread ${id} (Thread 0x1 (LWP ${id}) "a"):
${lock}
`;

test('a lock for many readers is of its writer, and of nobody where readers have it', () => {
  const mutex = (owner: number) =>
    waiting(8, '___pthread_mutex_lock', `lock 0x10 owner ${owner} writer 0 0`);
  const readers = (one: number, other: number) =>
    waiting(7, '__pthread_rwlock_rdlock_full64', `lock 0x20 owner 8 writer ${one} ${other}`);
  const cycle = (first: string) => lockCycle(hungThreadsIn(first + mutex(7)))?.length ?? null;
  assert.equal(cycle(readers(0, 8)), 2);
  assert.equal(cycle(readers(8, 0)), 2);
  assert.equal(cycle(readers(0, 0)), null);
});

test('what an engine has written is in no signature as it is, where it may be a secret', () => {
  const lastWords = 'e: a.cpp:1: f: Assertion `api_key == "hunter2hunter2hunter2XYZ"\' failed.';
  const signature = signatureOf('assertion', { ...NOTHING, lastWords });
  assert.ok(signature !== null && !signature.includes('hunter2'), `${signature}`);
});
