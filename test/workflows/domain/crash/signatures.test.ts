/** One bug is one signature, whatever a build, the data and the moment make of its stack. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause, CauseFacts } from '../../../../workflows/domain/crash/cause/cause.js';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import type { Fault } from '../../../../workflows/domain/crash/cause/fault.js';
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

const FREED = ['desk::closeForeign () at a.h:9', 'desk::trade () at a.h:20', 'main () at m.cpp:1'];
/** Of one bad free, by where the pointer lands, and with which symbols of the C library. */
const LANDINGS: readonly [signal: number, names: readonly string[]][] = [
  [
    6,
    [
      ...ENDS,
      'malloc_printerr (s=1) at ./malloc/malloc.c:5660',
      '_int_free (p=1) at ./malloc/malloc.c:4435',
    ],
  ],
  [
    6,
    [
      ...ENDS,
      'malloc_printerr (s=1) at ./malloc/malloc.c:5660',
      'munmap_chunk (p=1) at ./malloc/malloc.c:3054',
    ],
  ],
  [
    11,
    [
      'arena_for_chunk (ptr=0x1) at ./malloc/arena.c:156',
      '__GI___libc_free (mem=1) at ./malloc/malloc.c:3384',
    ],
  ],
  [
    11,
    [
      '_int_free (av=0x1) at ./malloc/malloc.c:4600',
      '__GI___libc_free (mem=1) at ./malloc/malloc.c:3384',
    ],
  ],
  [
    11,
    [
      'cfree () from /lib/x86_64-linux-gnu/libc.so.6',
      'operator delete(void*) () from /lib/libstdc++.so.6',
    ],
  ],
  [11, ['je_free () from /usr/lib/libjemalloc.so.2']],
  [
    11,
    ['arena_dalloc (p=1) from /usr/lib/libjemalloc.so.2', 'free () from /usr/lib/libjemalloc.so.2'],
  ],
];

const died = (signal: number, names: readonly string[], fault: Partial<Fault> = {}) =>
  classifyCause({
    ...NOTHING,
    coreFault: { signal, code: 1, address: '0x55d000000000', stackPointer: '0x7ffc0010', ...fault },
    backtrace: stackOf(...names, ...FREED),
  });

test('a bad free is one bug and one cause, wherever in the allocator it lands', () => {
  const all = LANDINGS.map(([signal, names]) => died(signal, names));
  assert.deepEqual(new Set(all.map(({ cause }) => cause)), new Set(['heap_corruption']));
  assert.deepEqual(new Set(all.map(({ signature }) => signature)).size, 1);
  assert.match(
    all[2]?.because ?? '',
    /SIGSEGV: wild pointer, .*, in the allocator, in desk::close/,
  );
  assert.notEqual(died(11, []).signature, all[0]?.signature);
});

const IN_MALLOC = [
  '_int_malloc (av=0x1) at ./malloc/malloc.c:3800',
  '__GI___libc_malloc (bytes=9) at ./malloc/malloc.c:3321',
];

test('who only happened to be in the allocator did not hurt the heap', () => {
  const overflow = { address: '0x7ffc0008', stackPointer: '0x7ffc0010' };
  assert.equal(died(11, IN_MALLOC).cause, 'heap_corruption');
  assert.equal(died(11, IN_MALLOC, overflow).cause, 'segfault');
  assert.equal(died(11, IN_MALLOC, { code: 0, sender: 9 }).cause, 'segfault');
  assert.equal(died(7, IN_MALLOC).cause, 'bus_error');
  const constructed = ['desk::Order::Order (this=0x0) at o.h:3', 'desk::place () at a.h:4'];
  assert.equal(died(11, [...constructed, ...IN_MALLOC]).cause, 'segfault');
  const thrown = ['__cxa_throw () from /lib/libstdc++.so.6', 'operator new(unsigned long) ()'];
  const uncaught = [...ENDS, 'std::terminate() () from /lib/libstdc++.so.6', ...thrown];
  assert.equal(died(6, uncaught).cause, 'uncaught_exception');
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
