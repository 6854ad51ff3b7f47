/**
 * Real deaths of a real C++ engine, and what the product's own collectors make of each: cause, confidence,
 * what is said of it, the place in the backtrace, and whether a signature groups it.
 *
 * The rows without `long` are the cheap dozen of `npm test`.
 */
import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adviceFor } from '../../../../workflows/domain/crash/cause/advice.js';
import { LONG_TESTS, whyNo, whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { stateOf } from '../processes.js';
import { findings, start, type Engine, type Place } from './crash-engine.js';
import { ABORTS } from './rows/aborts.js';
import { ENDINGS } from './rows/endings.js';
import { FAULTS } from './rows/faults.js';
import { STALE, stamp, type Row } from './rows/row.js';

const ROWS: readonly Row[] = [...FAULTS, ...ABORTS, ...ENDINGS];

const why = whyNo('gdb') || whyNo('c++') || whyNoCore();

for (const row of ROWS) {
  const { death, what, is, long } = row;
  const skip = why || (long === true && !LONG_TESTS && 'long');
  test(`${death}${what === undefined ? '' : ` (${what})`} is ${is}`, { skip }, async (t) => {
    const found = await lookOnceWritten(t, row);
    assert.equal(`${found.cause} ${found.confidence}`, is, found.because);
    assert.match(found.because, row.says ?? /./);
    assert.equal(found.signature !== undefined, row.signed === true, found.signature);
    assert.deepEqual(found.advice, adviceFor(found.cause));
    if (row.at !== undefined) assert.match(found.read('backtrace.txt'), row.at);
  });
}

/** As the kernel writes ten faults in five seconds at most, of all tests together. */
const LIMIT_MS = 6_000;
const LEFT_OUT = /the kernel (?:left|leaves) /;

async function lookOnceWritten(t: TestContext, row: Row) {
  for (;;) {
    const found = await lookAt(await start(t, row), row);
    if (row.is.startsWith('unknown') || !LEFT_OUT.test(found.because)) return found;
    assert.equal(`${found.cause} ${found.confidence}`, 'unknown guess');
    await sleep(LIMIT_MS);
  }
}

async function lookAt(engine: Engine, row: Row) {
  const { look = {}, hung, signal, exitSeen } = row;
  if (hung === true) return findings(engine, { ...look, suspicion: await hangs(engine, row) });
  if (signal !== undefined) engine.child.kill(signal);
  const exit = await engine.exited;
  row.after?.(engine);
  return findings(engine, exitSeen === true ? { ...look, exit } : look);
}

/** Nothing tells when the last of them waits but its not running any more. */
async function hangs({ pid, child }: Engine, { death, signal }: Row) {
  if (signal !== undefined) child.kill(signal);
  await sleep(600);
  const states = death.startsWith('loop') ? 'RS' : signal === 'SIGSTOP' ? 'T' : 'S';
  await eventually('it hangs', () => states.includes(stateOf(pid)));
  return 'hung' as const;
}

test(
  'what was left of an earlier life is not its last words, wherever it stands',
  { skip: why },
  async (t) => {
    const prepare = ({ log }: Place) => {
      writeFileSync(`${log}.1`, `${stamp(1)} [INFO] before\n${STALE}\n`);
      utimesSync(`${log}.1`, Date.now() / 1_000 - 1, Date.now() / 1_000 - 1);
      writeFileSync(log, `${STALE}\n`);
    };
    const engine = await start(t, { death: 'idle', prepare });
    engine.child.kill('SIGKILL');
    await engine.exited;
    const { cause, facts } = await findings(engine);
    assert.equal(facts.lastWords, null);
    assert.notEqual(cause, 'assertion');
  },
);

test(
  'a fault that the kernel left out of its log is not known, and nobody is said to have killed it',
  { skip: why || (!LONG_TESTS && 'long') },
  async (t) => {
    const row = { death: 'null', cores: false, waitMs: 3_000 };
    const engines = await Promise.all(Array.from({ length: 16 }, () => start(t, row)));
    await Promise.all(engines.map(({ exited }) => exited));
    const all = await Promise.all(engines.map((engine) => findings(engine)));
    const told = all.map(({ cause, confidence }) => `${cause} ${confidence}`);
    assert.deepEqual(new Set(told), new Set(['segfault certain', 'unknown guess']));
    for (const { cause, because } of all) if (cause === 'unknown') assert.match(because, LEFT_OUT);
  },
);
