/** What is read out of other programs' words: the debugger's, the kernel's, the run-times'. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backtraceIn, normalName } from '../../../../workflows/domain/crash/cause/frames.js';
import {
  kernelFaultOf,
  oomOf,
  parseKernelLine,
  type KernelLine,
} from '../../../../workflows/domain/crash/cause/kernel-lines.js';
import { spokenCause } from '../../../../workflows/domain/crash/cause/last-words.js';
import { hungThreadsIn, lockCycle } from '../../../../workflows/domain/crash/cause/threads.js';

/** As gdb prints it, and the same in any build. */
const NAMES: readonly [string, string][] = [
  ['desk::OrderRouter_route', 'desk::OrderRouter_route'],
  ['desk::route(desk::Order*) const', 'desk::route'],
  ['desk::Router<desk::Order, std::map<int, int> >::route', 'desk::Router::route'],
  ['void desk::apply<int>(int, void (*)(int))', 'desk::apply'],
  ['desk::route.part.0', 'desk::route'],
  ['desk::route.constprop.1.isra.0', 'desk::route'],
  ['desk::route [clone .cold]', 'desk::route'],
  ['desk::name[abi:cxx11]', 'desk::name'],
  ['(anonymous namespace)::route(int)', '{anonymous}::route'],
  ['desk::Book::operator()(int) const', 'desk::Book::operator()'],
  ['desk::Book::operator<', 'desk::Book::operator<'],
  ['desk::Book<int>::operator<<', 'desk::Book::operator<<'],
  ['desk::Book::operator->', 'desk::Book::operator->'],
  [
    'crash(std::string const&)::{lambda(int)#2}::operator()(int) const',
    'crash::{lambda#2}::operator()',
  ],
];

for (const [printed, name] of NAMES) {
  test(`${printed} is ${name}`, () => assert.equal(normalName(printed), name));
}

test('frames of the run-times are dropped, inlined ones are kept, and the run-time at work is told', () => {
  const backtrace = backtraceIn(`#0  0x1 in ignored (a=1) at x.cpp:1

== frames of the thread that died ==
#0  __pthread_kill_implementation (threadid=1) at ./nptl/pthread_kill.c:44
#1  0x00007f in __GI_abort () at ./stdlib/abort.c:79
#2  0x00007f in __GI___assert_fail (assertion=0x55 "a == \\"b\\"", line=43) at ./assert/assert.c:103
#3  desk::inlined (p=41) at /src/risk.cpp:43
#4  0x000055 in desk::check (p=41) at /src/risk.cpp:60
#5  0x00007f in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6
(More stack frames follow...)
#0  another ()`);
  assert.deepEqual(backtrace, {
    frames: ['desk::inlined', 'desk::check'],
    runtime: 'assertion',
    inAllocator: false,
    assertion: 'a == "b"',
    place: 'desk::inlined at risk.cpp:43',
  });
  assert.equal(backtraceIn('no symbol table is loaded'), null);
});

test('what a handler lies over is not what the run-time was doing', () => {
  const backtrace = backtraceIn(
    '#0  desk::route () at a.h:1\n#1  0x1 in __cxa_throw () from /lib/libstdc++.so.6',
  );
  assert.equal(backtrace?.runtime, null);
});

test('a line of the kernel is of the process by the thread that it names', () => {
  const line =
    '[ 4211.380112] trading_engine[406]: segfault at 0 ip 000055d7c0b5e1a9 sp 00007f3a5b7fde40 error 4 in trading_engine[55d7c0b4f000+2a000]';
  const parsed = parseKernelLine(line);
  assert.deepEqual(
    [parsed?.atS, parsed?.task, parsed?.names[0]],
    [4211.380112, 406, 'trading_engine'],
  );
  assert.equal(parsed?.what.kind, 'fault');
  const { task, what } = parsed;
  const told: KernelLine = { task, atDeath: false, ofProgram: false, ...what };
  const fault = { signal: 11, code: 1, address: '0x0', stackPointer: '0x7f3a5b7fde40' };
  assert.deepEqual(kernelFaultOf({ threads: [32440, 406], kernelLines: [told] }), fault);
  assert.equal(kernelFaultOf({ threads: [32440], kernelLines: [told] }), null);
});

const LINES: readonly [string, object | null][] = [
  [
    '[ 1.5] traps: a b[7] general protection fault ip:1 sp:2 error:0 in a[1+2]',
    { signal: 11, code: 128 },
  ],
  ['[ 1.5][  T407] traps: a[7] trap divide error ip:1 sp:2 error:0', { signal: 8, code: null }],
  ['[ 1.5] traps: a[7] trap invalid opcode ip:1 sp:2 error:0', { signal: 4, code: null }],
  ['[ 1.5] a[7]: segfault at 10 ip 1 sp 2 error 7 in a[1+2]', { signal: 11, code: 2 }],
];

for (const [line, wanted] of LINES) {
  test(`the kernel's "${line}" is read`, () => {
    const what = parseKernelLine(line)?.what;
    assert.ok(what?.kind === 'fault');
    assert.deepEqual({ signal: what.fault.signal, code: what.fault.code }, wanted);
  });
}

test('whose memory was full is told, and a line without a time tells nothing', () => {
  const lines = ['Memory cgroup out of memory', 'Out of memory'].map((words, at) => {
    const parsed = parseKernelLine(`[ 9.0] ${words}: Killed process ${at} (engine) total-vm:1kB`);
    assert.ok(parsed?.what.kind === 'oom');
    return { task: parsed.task, atDeath: true, ...parsed.what };
  });
  assert.equal(oomOf({ threads: [0], kernelLines: lines }), 'cgroup');
  assert.equal(oomOf({ threads: [1], kernelLines: lines }), 'host');
  assert.equal(oomOf({ threads: [2], kernelLines: lines }), null);
  assert.equal(parseKernelLine('Out of memory: Killed process 1 (engine)'), null);
});

const WORDS: readonly [string, string | null][] = [
  ['a: b.cpp:4: void f(int): Assertion `x == 42 && "a long invariant"\' failed.', 'assertion'],
  ["/usr/include/c++/12/bits/stl_vector.h:1: Assertion '__n < this->size()' failed.", 'assertion'],
  ["terminate called after throwing an instance of 'std::bad_alloc'", 'out_of_memory'],
  ["terminate called after throwing an instance of 'std::runtime_error'", 'uncaught_exception'],
  ['terminate called without an active exception', 'uncaught_exception'],
  ['*** stack smashing detected ***: terminated', 'smashed_stack'],
  ['malloc(): corrupted top size', 'heap_corruption'],
  ['free(): double free detected in tcache 2', 'heap_corruption'],
  ['double free or corruption (!prev)', 'heap_corruption'],
  ['munmap_chunk(): invalid pointer', 'heap_corruption'],
  [
    "engine: malloc.c:2617: sysmalloc: Assertion `(old_top == initial_top (av))' failed.",
    'heap_corruption',
  ],
  ['Fatal glibc error: malloc.c:2593 (sysmalloc): assertion failed: old_top', 'heap_corruption'],
  ['Fatal glibc error: malloc assertion failure in sysmalloc: old_top', 'heap_corruption'],
  ['[ERROR] websocket disconnected', 'disconnect'],
  ["thread 'main' panicked at src/main.rs:4", 'abort'],
  ['[INFO] checkpoint 118 written', null],
];

for (const [line, cause] of WORDS) {
  test(`"${line}" speaks of ${cause ?? 'nothing'}`, () => assert.equal(spokenCause(line), cause));
}

test('a lock without an owner of this process makes no cycle, and nobody waits by a figure alone', () => {
  const stacks = (owner: number, frame: string) => `thread 7 state S busy 0%
Thread 1 (Thread 0x1 (LWP 7) "a"):
#0  0x1 in ${frame} () from /lib/libc.so.6
#1  0x1 in desk::f () at a.h:1
Thread 1 (Thread 0x1 (LWP 7) "a"):
lock 0x10 owner ${owner}`;
  assert.equal(lockCycle(hungThreadsIn(stacks(7, '__lll_lock_wait')))?.length, 1);
  assert.equal(lockCycle(hungThreadsIn(stacks(8, '__lll_lock_wait'))), null);
  assert.equal(lockCycle(hungThreadsIn(stacks(7, 'nanosleep'))), null);
});
