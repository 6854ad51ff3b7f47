/**
 * One bug is one signature whatever the build and the number of threads, and two bugs are two: by real cores of
 * the crash engine, built with other optimisation and with its lines moved.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_TESTS, whyNo, whyNoCore } from '../../../needs.js';
import { built, findings, start, type Build } from './crash-engine.js';

const BUILDS: readonly Build[] = [
  { flags: ['-O0'] },
  { flags: ['-O2'], moved: 40 },
  ...(LONG_TESTS
    ? [
        { flags: ['-O1', '-no-pie'] },
        { flags: ['-O3', '-fomit-frame-pointer'], moved: 7 },
        { flags: ['-Os', '-fno-inline'], moved: 123 },
      ]
    : []),
];

const CHEAP = ['null', 'assert', 'interrupted'];
const BUGS = LONG_TESTS
  ? [
      ...CHEAP,
      'near-null',
      'wild',
      'torn',
      'stack',
      'stack-aside',
      'bus',
      'ill',
      'fpe',
      'assert-other',
      'assert-figures',
      'interrupted',
      'caught',
      'stack-circle',
      'close-journal',
      'throw',
      'double-free',
      'bad-free',
      'smash',
      'bad-alloc',
      'abort',
    ]
  : CHEAP;
/** The same bug, met in another thread. */
const SAME: Readonly<Record<string, string>> = { 'stack-aside': 'stack' };

const skip = whyNo('gdb') || whyNo('c++') || whyNoCore();

test(
  'one bug has one signature over all builds, and no two bugs have the same',
  { skip },
  async (t) => {
    const bugs = new Map<string, Set<string>>();
    for (const [at, build] of BUILDS.entries()) {
      const binary = built(build);
      for (const death of BUGS) {
        const engine = await start(t, { death, binary, threads: at * 2 });
        await engine.exited;
        const { signature = 'none', because } = await findings(engine, { without: ['kernel_log'] });
        assert.notEqual(signature, 'none', `${death}: ${because}`);
        const bug = SAME[death] ?? death;
        bugs.set(bug, new Set([...(bugs.get(bug) ?? []), signature]));
      }
    }
    for (const [bug, signatures] of bugs)
      assert.equal(signatures.size, 1, `${bug}: ${[...signatures].join(', ')}`);
    const all = [...bugs.values()].flatMap((signatures) => [...signatures]);
    assert.equal(new Set(all).size, bugs.size, all.join(', '));
  },
);
