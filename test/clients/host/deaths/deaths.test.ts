/**
 * Real deaths of a real C++ engine, and what the product's own collectors make of each: cause, confidence,
 * what is said of it, the place in the backtrace, and whether a signature groups it.
 *
 * The rows without `long` are the cheap dozen of `npm test`.
 */
import assert from 'node:assert/strict';
import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adviceFor } from '../../../../workflows/domain/crash/cause/advice.js';
import { LONG_TESTS, whyNo, whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { stateOf } from '../processes.js';
import { findings, start, type Engine, type Look, type Place, type Run } from './crash-engine.js';

interface Row extends Omit<Run, 'death'> {
  death: string;
  /** Cause and confidence. */
  is: string;
  says?: RegExp;
  /** Function and line that the backtrace names. */
  at?: RegExp;
  signed?: boolean;
  look?: Look;
  /** Whether a probe has seen how it ended. */
  exitSeen?: boolean;
  signal?: NodeJS.Signals;
  /** After its end, before anything is collected. */
  then?: (engine: Engine) => void;
  hung?: boolean;
  long?: boolean;
  what?: string;
}

const AGO_S = 120;
const stamp = (agoS: number) => new Date(Date.now() - agoS * 1_000).toISOString();
const STALE = "trading_engine: risk.cpp:41: Assertion `position == 42' failed.";

function stale({ log }: Place): void {
  writeFileSync(log, `${stamp(AGO_S)} ${STALE}\n`);
}
function huge({ log }: Place): void {
  writeFileSync(
    log,
    `${stamp(AGO_S)} [INFO] a line of an earlier life that is of no use\n`.repeat(400_000),
  );
}
function renamedCore(name: string) {
  return ({ folder, pid }: Engine) =>
    renameSync(join(folder, 'core'), join(folder, name.replace('PID', `${pid}`)));
}
function rotatedAway({ log }: Engine): void {
  renameSync(log, `${log}.1`);
  writeFileSync(log, '');
}

const SEGV = 'segfault certain';
const ROWS: readonly Row[] = [
  {
    death: 'null',
    is: SEGV,
    says: /null pointer, in desk::Router::route at/,
    at: /route .*deaths\.h:\d+/,
    signed: true,
  },
  {
    death: 'null-aside',
    is: SEGV,
    says: /null pointer/,
    at: /route .*deaths\.h:\d+/,
    signed: true,
    threads: 3,
    long: true,
  },
  {
    death: 'null',
    what: 'cores off',
    cores: false,
    is: SEGV,
    says: /SIGSEGV in the kernel log: null pointer/,
  },
  {
    death: 'null-aside',
    what: 'cores off',
    cores: false,
    is: 'segfault likely',
    says: /null pointer/,
  },
  {
    death: 'null-aside',
    what: 'cores off, exit seen',
    cores: false,
    exitSeen: true,
    is: SEGV,
    says: /ended by SIGSEGV: null pointer/,
    long: true,
  },
  {
    death: 'null',
    what: 'core.%e.%p',
    look: { corePattern: 'core.%e.%p' },
    then: renamedCore('core.crash-engine.PID'),
    is: SEGV,
    signed: true,
    long: true,
  },
  {
    death: 'null',
    what: '%p-%t.dump',
    look: { corePattern: '%p-%t.dump', without: ['kernel_log'] },
    then: renamedCore('PID-17.dump'),
    is: SEGV,
    signed: true,
    long: true,
  },
  {
    death: 'near-null',
    is: SEGV,
    says: /near null, at 0x40/,
    at: /readQuantity .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  {
    death: 'near-null',
    what: 'cores off',
    cores: false,
    is: SEGV,
    says: /near null, at 0x40/,
    long: true,
  },
  { death: 'wild', is: SEGV, says: /wild pointer, at 0x7ead00000010/, signed: true, long: true },
  {
    death: 'wild',
    what: 'cores off',
    cores: false,
    is: SEGV,
    says: /wild pointer, at 0x7ead00000010/,
    long: true,
  },
  { death: 'torn', is: SEGV, says: /an address that cannot be/, signed: true, long: true },
  {
    death: 'torn',
    what: 'cores off',
    cores: false,
    is: SEGV,
    says: /an address that cannot be/,
    long: true,
  },
  { death: 'read-only', is: SEGV, says: /may not be used so/, signed: true, long: true },
  {
    death: 'stack',
    is: SEGV,
    says: /stack overflow/,
    at: /priceLevel .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  { death: 'stack', what: 'cores off', cores: false, is: SEGV, says: /stack overflow/ },
  { death: 'stack-aside', is: SEGV, says: /stack overflow/, signed: true, long: true },
  {
    death: 'stack-tiny',
    is: SEGV,
    says: /stack overflow/,
    at: /spread .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  {
    death: 'stack-tiny',
    what: 'cores off',
    cores: false,
    is: SEGV,
    says: /stack overflow/,
    long: true,
  },
  {
    death: 'bus',
    is: 'bus_error certain',
    at: /readTruncatedJournal .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  {
    death: 'bus',
    what: 'cores off, exit seen',
    cores: false,
    exitSeen: true,
    is: 'bus_error certain',
    long: true,
  },
  {
    death: 'ill',
    is: 'illegal_instruction certain',
    at: /unreachableState .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  { death: 'ill', what: 'cores off', cores: false, is: 'illegal_instruction certain' },
  {
    death: 'fpe',
    is: 'arithmetic_error certain',
    at: /averagePrice .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  { death: 'fpe', what: 'cores off', cores: false, is: 'arithmetic_error certain', long: true },
  {
    death: 'assert',
    is: 'assertion certain',
    says: /Assertion `position == 42 && .*' failed.*checkPosition/,
    signed: true,
    threads: 2,
    long: true,
  },
  {
    death: 'assert',
    what: 'cores off',
    cores: false,
    is: 'assertion likely',
    says: /Assertion `position == 42/,
    signed: true,
  },
  {
    death: 'assert',
    what: 'cores off, exit seen',
    cores: false,
    exitSeen: true,
    is: 'assertion certain',
    signed: true,
    long: true,
  },
  {
    death: 'assert',
    what: 'log not listed',
    look: { logs: [] },
    is: 'assertion certain',
    at: /checkPosition .*deaths\.h:\d+/,
    signed: true,
  },
  {
    death: 'assert',
    what: 'log rotated',
    cores: false,
    then: rotatedAway,
    is: 'assertion likely',
    says: /position == 42/,
    signed: true,
  },
  {
    death: 'assert',
    what: 'huge log',
    cores: false,
    prepare: huge,
    is: 'assertion likely',
    signed: true,
    long: true,
  },
  {
    death: 'throw',
    is: 'uncaught_exception certain',
    says: /runtime_error.*what\(\): +order book crossed: bid 101/,
    at: /uncrossBook .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  {
    death: 'throw',
    what: 'cores off',
    cores: false,
    is: 'uncaught_exception likely',
    says: /order book crossed/,
    signed: true,
  },
  {
    death: 'throw-aside',
    what: 'log not listed',
    look: { logs: [] },
    is: 'uncaught_exception certain',
    signed: true,
    long: true,
  },
  {
    death: 'double-free',
    is: 'heap_corruption certain',
    says: /double free/,
    at: /closeTwice .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  {
    death: 'double-free',
    what: 'cores off',
    cores: false,
    is: 'heap_corruption likely',
    says: /double free/,
  },
  {
    death: 'bad-free',
    what: 'log not listed',
    look: { logs: [] },
    is: 'heap_corruption certain',
    signed: true,
    long: true,
  },
  {
    death: 'smash',
    is: 'smashed_stack certain',
    says: /stack smashing detected.*copyName/,
    signed: true,
    long: true,
  },
  {
    death: 'smash',
    what: 'cores off',
    cores: false,
    is: 'smashed_stack likely',
    says: /stack smashing detected/,
    long: true,
  },
  {
    death: 'bad-alloc',
    is: 'out_of_memory certain',
    says: /bad_alloc/,
    at: /growBook .*deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  { death: 'abort', is: 'abort certain', at: /giveUp .*deaths\.h:\d+/, signed: true, long: true },
  { death: 'exit3', exitSeen: true, is: 'fatal_exit certain', says: /exit code 3/ },
  {
    death: 'exit0',
    exitSeen: true,
    is: 'unannounced_exit certain',
    says: /exit code 0/,
    long: true,
  },
  {
    death: 'exit-memory',
    exitSeen: true,
    is: 'out_of_memory likely',
    says: /exit code 1.*cannot allocate memory/,
    long: true,
  },
  {
    death: 'disconnect',
    exitSeen: true,
    is: 'disconnect likely',
    says: /connection lost/,
    long: true,
  },
  { death: 'usr1', exitSeen: true, is: 'other_signal certain', says: /SIGUSR1/, long: true },
  ...(['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map((signal) => ({
    death: 'idle',
    what: signal,
    signal,
    exitSeen: true,
    is: 'terminated certain',
    says: new RegExp(signal),
    long: signal !== 'SIGTERM',
  })),
  {
    death: 'idle',
    what: 'SIGKILL, exit seen',
    signal: 'SIGKILL',
    exitSeen: true,
    is: 'killed certain',
    says: /SIGKILL/,
    long: true,
  },
  {
    death: 'idle',
    what: 'SIGKILL, stale assertion',
    signal: 'SIGKILL',
    prepare: stale,
    is: 'killed likely',
  },
  {
    death: 'leader',
    what: 'SIGKILL',
    signal: 'SIGKILL',
    exitSeen: true,
    is: 'killed certain',
    long: true,
  },
  {
    death: 'deadlock',
    hung: true,
    is: 'deadlock certain',
    says: /thread \d+ in desk::lockBoth at deaths\.h:\d+ waits for lock 0x\w+ of thread \d+; thread \d+ in/,
    signed: true,
  },
  {
    death: 'deadlock-aside',
    hung: true,
    threads: 3,
    is: 'deadlock certain',
    signed: true,
    long: true,
  },
  {
    death: 'deadlock-three',
    hung: true,
    is: 'deadlock certain',
    says: /(?:waits for lock[^;]*;?){3}/,
    signed: true,
    long: true,
  },
  { death: 'deadlock-self', hung: true, is: 'deadlock certain', signed: true, long: true },
  {
    death: 'loop',
    hung: true,
    is: 'endless_loop likely',
    says: /repriceForEver at deaths\.h:\d+/,
    signed: true,
    long: true,
  },
  {
    death: 'loop-aside',
    hung: true,
    threads: 2,
    is: 'endless_loop likely',
    signed: true,
    long: true,
  },
  { death: 'idle', what: 'silent', hung: true, is: 'hang certain', long: true },
  {
    death: 'idle',
    what: 'SIGSTOP',
    hung: true,
    signal: 'SIGSTOP',
    is: 'stopped certain',
    says: /stopped by SIGSTOP/,
    long: true,
  },
];

const why = whyNo('gdb') || whyNo('c++') || whyNoCore();

for (const row of ROWS) {
  const { death, what, is, long } = row;
  const skip = why || (long === true && !LONG_TESTS && 'long');
  test(`${death}${what === undefined ? '' : ` (${what})`} is ${is}`, { skip }, async (t) => {
    const engine = await start(t, row);
    const found = await lookAt(engine, row);
    assert.equal(`${found.cause} ${found.confidence}`, is, found.because);
    assert.match(found.because, row.says ?? /./);
    assert.equal(found.signature !== undefined, row.signed === true, found.signature);
    assert.deepEqual(found.advice, adviceFor(found.cause));
    if (row.at !== undefined) assert.match(found.read('backtrace.txt'), row.at);
  });
}

async function lookAt(engine: Engine, row: Row) {
  const { look = {}, hung, signal, exitSeen } = row;
  if (hung === true) return findings(engine, { ...look, suspicion: await hangs(engine, row) });
  if (signal !== undefined) engine.child.kill(signal);
  const exit = await engine.exited;
  row.then?.(engine);
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
    assert.deepEqual([cause, facts.lastWords], ['killed', null]);
  },
);
