/** Lines of faults as kernels on arm64 have written them, from 4.14 to 6.18, and what they tell of a cause. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import {
  parseKernelLine,
  type KernelLine,
} from '../../../../workflows/domain/crash/cause/kernel-lines.js';
import { silenceAt } from '../../../../workflows/domain/crash/cause/kernel-silence.js';
import { NO_FACTS } from '../../../../workflows/domain/crash/sightings.js';

/** The signal, its code, the address, and the mapped file. */
type Told = [signal: number, code: number | null, address: string | null, mapped?: string];

const LINES: readonly [text: string, told: Told][] = [
  // Linux 4.14, arch/arm64/mm/fault.c: __do_user_fault
  [
    'udevd[1673]: unhandled level 2 translation fault (11) at 0x00000018, esr 0x92000006, in libc-2.26.so[7f9860d000+138000]',
    [11, 1, '0x18', 'libc-2.26.so'],
  ],
  // before 4.13 it named no file
  [
    'linphonec[421]: unhandled level 2 translation fault (11) at 0x00000000, esr 0x92000006',
    [11, 1, '0x0'],
  ],
  [
    'a b[7]: unhandled level 3 permission fault (11) at 0x7fb0001000, esr 0x9200004f',
    [11, 2, '0x7fb0001000'],
  ],
  [
    'engine[7]: unhandled level 3 translation fault (7) at 0x7fb0001000, esr 0x92000007',
    [7, 1, '0x7fb0001000'],
  ],
  ['mkfs.ext4[2167]: undefined instruction: pc=0000007f939a0700', [4, 1, null]],
  // Linux 4.19 and later, arch/arm64/kernel/traps.c: arm64_show_signal
  [
    'detect_demo[2510]: unhandled exception: DABT (lower EL), ESR 0x92000046, level 2 translation fault in libnn_detect.so[7fbd4f0000+6000]',
    [11, 1, null, 'libnn_detect.so'],
  ],
  [
    'netifd[812]: unhandled exception: DABT (lower EL), ESR 0x0000000092000006, level 2 translation fault in netifd[aaaac0000000+30000]',
    [11, 1, null, 'netifd'],
  ],
  [
    'mte_test[2263]: unhandled exception: DABT (lower EL), ESR 0x0000000092000051, synchronous tag check fault in mte_test[b847a9c80000+1000]',
    [11, 9, null, 'mte_test'],
  ],
  [
    'engine[7]: unhandled exception: undefined instruction in engine[aaaa0000+1000]',
    [4, 1, null, 'engine'],
  ],
  [
    'engine[7]: unhandled exception: SP Alignment, ESR 0x9a000000, SP/PC alignment exception',
    [7, 1, null],
  ],
  [
    'wrt-ubsan-probe[1234]: unhandled exception: BRK (AArch64), ESR 0x00000000f2005512, User debug trap in wrt-ubsan-probe[aaaab4560000+1000]',
    [5, null, null, 'wrt-ubsan-probe'],
  ],
];

for (const [text, [signal, code, address, mapped]] of LINES) {
  test(`"${text}" is read`, () => {
    const line = parseKernelLine(`[ 4211.380112] ${text}`);
    assert.ok(line?.what.kind === 'fault');
    const { fault } = line.what;
    assert.deepEqual([fault.signal, fault.code, fault.address], [signal, code, address]);
    assert.equal(line.task, Number(/\[(\d+)\]/.exec(text)?.[1]));
    const name = text.slice(0, text.indexOf('['));
    assert.deepEqual(line.names, mapped === undefined ? [name] : [name, mapped]);
  });
}

for (const text of [
  'engine[7]: unhandled exception: DABT (lower EL), ESR 0x92000046, a fault of a later kernel in a[1+2]',
  'engine[7]: syscall 451',
  'CPU: 1 PID: 7 Comm: engine Not tainted 6.8.0',
]) {
  test(`"${text}" tells nothing`, () => assert.equal(parseKernelLine(`[ 1.5] ${text}`), null));
}

function causeBy(text: string, exit: { signal: string; code: null } | null = null) {
  const parsed = parseKernelLine(`[ 9.0] ${text}`);
  assert.ok(parsed?.what.kind === 'fault');
  const line: KernelLine = { task: parsed.task, atDeath: true, ofProgram: true, ...parsed.what };
  const facts = { ...NO_FACTS, suspicion: 'dead' as const, threads: [7], kernelLines: [line] };
  const { cause, confidence, because } = classifyCause({ ...facts, exit });
  return [cause, confidence, because];
}

const OLD = (signal: number, at: string) =>
  `engine[7]: unhandled level 1 translation fault (${signal}) at 0x${at}, esr 0x92000005`;
const NEW =
  'engine[7]: unhandled exception: DABT (lower EL), ESR 0x92000005, level 1 translation fault in engine[1+2]';

test('with an address and a number the cause is certain', () => {
  const seen = 'SIGSEGV in the kernel log';
  assert.deepEqual(causeBy(OLD(11, '00000000')), ['segfault', 'certain', `${seen}: null pointer`]);
  assert.equal(causeBy(OLD(7, '7fb0001000'))[0], 'bus_error');
});

test('without a number it is likely, as memory behind a cut file ends by another signal', () => {
  const [cause, confidence] = causeBy(NEW);
  assert.deepEqual([cause, confidence], ['segfault', 'likely']);
  const bus = causeBy(NEW, { signal: 'SIGBUS', code: null });
  assert.deepEqual(bus.slice(0, 2), ['bus_error', 'certain']);
  assert.equal(causeBy(NEW, { signal: 'SIGSEGV', code: null })[1], 'certain');
});

test('they count for the limit of the log, and what it has left out is told', () => {
  const many = Array.from({ length: 10 }, (_none, at) => `[ 10.${at}] ${NEW}`);
  const log = {
    lines: ['[ 0.0] Linux', ...many],
    writesFaults: true,
    limit: { burst: 10, windowS: 5 },
  };
  assert.match(silenceAt(log, { fromS: 11, toS: 12 }).fault ?? '', /after 10 lines/);
  const lines = [...log.lines, '[ 20.0] arm64_show_signal: 12 callbacks suppressed'];
  assert.match(
    silenceAt({ ...log, lines }, { fromS: 11, toS: 12 }).fault ?? '',
    /left 12 lines out/,
  );
});
