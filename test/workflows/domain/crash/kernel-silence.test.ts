/** What the kernel's log may lack of a death, as kernels 5.10 to 6.18 write it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  silenceAt,
  type KernelLogAsRead,
} from '../../../../workflows/domain/crash/cause/kernel-silence.js';

const LIMIT = { burst: 10, windowS: 5 };
const DEATH = { fromS: 98, toS: 102 };
const BOOT = '[    0.000000] Linux version 6.18.44';

const at = (atS: number, text: string) => `[${atS.toFixed(6).padStart(12)}] ${text}`;
const fault = (atS: number) =>
  at(atS, 'engine[7]: segfault at 0 ip 0000000000001189 sp 00007ffd error 4 in engine[1+2]');
const trap = (atS: number) =>
  at(atS, 'traps: engine[7] trap invalid opcode ip:1189 sp:2 error:0 in engine[1+2]');
const suppressed = (atS: number, caller: string) => at(atS, `${caller}: 12 callbacks suppressed`);
const tenFrom = (fromS: number) => Array.from({ length: 10 }, (_, n) => fault(fromS + n / 10));

const silence = (lines: readonly string[], more: Partial<KernelLogAsRead> = {}) =>
  silenceAt({ lines, writesFaults: true, limit: LIMIT, ...more }, DEATH);

/** The log, and whether it tells of OOM kills and of faults at the death. */
const LOGS: readonly [what: string, lines: readonly string[], RegExp | null, RegExp | null][] = [
  ['nothing else', [BOOT], null, null],
  ['faults, and not too many', [BOOT, fault(99), trap(99.5), fault(100)], null, null],
  [
    'segmentation faults left out after ten',
    [BOOT, ...tenFrom(97), suppressed(104, 'show_signal_msg'), fault(104)],
    null,
    /left 12 lines out .*show_signal_msg/,
  ],
  [
    'traps left out after ten',
    [BOOT, ...tenFrom(97).slice(1), trap(98), suppressed(104, 'show_signal'), trap(104)],
    null,
    /left 12 lines out .*show_signal\b/,
  ],
  [
    'what the audit left out, which is under the same limit',
    [BOOT, at(99, 'audit: type=1701 audit(1.2:3)'), suppressed(103, 'kauditd_printk_skb')],
    null,
    /kauditd_printk_skb/,
  ],
  [
    'what older kernels, and those of arm64, left out',
    [BOOT, suppressed(101, '__ratelimit'), suppressed(150, 'arm64_show_signal')],
    null,
    /__ratelimit/,
  ],
  [
    'ten that were written, and nobody since',
    [BOOT, ...tenFrom(97)],
    null,
    /after 10 lines in 5 s/,
  ],
  ['nine that were written', [BOOT, ...tenFrom(97).slice(1)], null, null],
  ['ten long before', [BOOT, ...tenFrom(80)], null, null],
  [
    'what was left out long before',
    [BOOT, ...tenFrom(50), suppressed(104, 'show_signal_msg'), fault(104)],
    null,
    null,
  ],
  [
    'what was left out before the death',
    [BOOT, ...tenFrom(50), suppressed(60, 'show_signal_msg')],
    null,
    null,
  ],
  [
    'others that have a limit of their own',
    [BOOT, suppressed(101, 'net_ratelimit'), suppressed(102, 'oom_kill_process')],
    null,
    null,
  ],
  ['a log that was cleared', [at(130, 'eth0: up')], /does not reach back/, /does not reach back/],
  ['a log that was cleared before the death', [at(97, 'eth0: up')], null, null],
  ['no line', [''], /is empty/, /is empty/],
  [
    'lines that the journal missed',
    [BOOT, at(101, 'desk1 systemd-journald[210]: Missed 33 kernel messages')],
    /were lost/,
    /were lost/,
  ],
  [
    'lines that the journal lost, as older ones say it',
    [
      BOOT,
      at(99, 'a: b'),
      at(101, 'systemd-journald[210]: /dev/kmsg buffer overrun, some messages lost.'),
    ],
    /were lost/,
    /were lost/,
  ],
  [
    'lines that the journal missed long before',
    [BOOT, at(20, 'desk1 systemd-journald[210]: Missed 33 kernel messages'), at(99, 'a: b')],
    null,
    null,
  ],
];

for (const [what, lines, oom, left] of LOGS) {
  test(`a kernel log with ${what} ${left === null ? 'lacks nothing' : `says ${left}`}`, () => {
    const told = silence(lines);
    for (const [said, wanted] of [
      [told.oom, oom],
      [told.fault, left],
    ] as const) {
      if (wanted === null) assert.equal(said, null);
      else assert.match(said ?? '', wanted);
    }
  });
}

test('the journal shows the same, with the host and who wrote it', () => {
  const inJournal = (line: string) => line.replace('] ', '] desk1.example kernel: ');
  const lines = [BOOT, ...tenFrom(97), suppressed(104, 'show_signal_msg')].map(inJournal);
  assert.match(silence(lines).fault ?? '', /show_signal_msg/);
});

test('a kernel that is set to write no faults tells of OOM kills alone', () => {
  const { oom, fault: none } = silence([BOOT], { writesFaults: false });
  assert.equal(oom, null);
  assert.match(none ?? '', /exception-trace/);
});

test('the limit is as the machine has it set', () => {
  const six = [BOOT, ...tenFrom(97).slice(4)];
  assert.equal(silence(six).fault, null);
  assert.match(silence(six, { limit: { burst: 6, windowS: 5 } }).fault ?? '', /after 6 lines/);
});

test('a death before the first second is within a log that begins at the boot', () => {
  const log = { lines: [BOOT], writesFaults: true, limit: LIMIT };
  assert.deepEqual(silenceAt(log, { fromS: -3, toS: 2 }), { oom: null, fault: null });
});
