/**
 * Runs the units side by side, each in a process of its own, longest first. Those that wait and those that
 * compute have slots of their own; a slot whose kind has come to its end goes over to the other one.
 * It runs from the compiled copy, by plain Node, because each process has the flags of this one.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { listen, nothingTold } from './told.js';
import { entryOf, type Kind, type Unit } from './units.js';

/** Of a unit: one that hangs has failed, and the run goes on. The longest takes a third of it. */
const LONGEST_MS = 900_000;
const WAITING_AT_ONCE = 2;
const SLOWEST = 10;

const units = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Unit[];
const cores = availableParallelism();
const told = nothingTold();
const running: Record<Kind, number> = { waits: 0, computes: 0 };
const began = performance.now();
const endedMs: Record<Kind, number> = { waits: 0, computes: 0 };
const secondsOf = (ms: number) => `${Math.round(ms / 1_000)} s`;

/** More of one kind would be late for what they wait for. */
function take(own: Kind): Unit | undefined {
  const other = own === 'waits' ? 'computes' : 'waits';
  const isRoom = running[other] <= cores;
  const unit = units.find(({ kind }) => kind === own) ?? (isRoom ? units[0] : undefined);
  if (unit !== undefined) units.splice(units.indexOf(unit), 1);
  return unit;
}

async function runUnit(unit: Unit): Promise<void> {
  const output: string[] = [];
  const files = [entryOf(unit, process.cwd())];
  const events = run({ files, concurrency: 1, timeout: LONGEST_MS });
  await listen(events, told, (text) => void output.push(text));
  process.stdout.write(output.join(''));
}

async function slot(own: Kind): Promise<void> {
  for (let unit = take(own); unit !== undefined; unit = take(own)) {
    running[unit.kind] += 1;
    await runUnit(unit);
    running[unit.kind] -= 1;
    endedMs[unit.kind] = performance.now() - began;
  }
}

const many = units.length > 1;
const ofKind = (kind: Kind, count: number) => Array.from({ length: count }, () => slot(kind));
await Promise.all([...ofKind('waits', WAITING_AT_ONCE), ...ofKind('computes', cores)]);

const say = (line: string) => process.stdout.write(`${line}\n`);
for (const [what, count] of Object.entries(told.counts)) say(`# ${what} ${count}`);
if (many) {
  say(
    `# worlds and processes ended after ${secondsOf(endedMs.waits)}, all others after ${secondsOf(endedMs.computes)}; the slowest:`,
  );
  const slowest = [...told.tookMs].toSorted(([, one], [, other]) => other - one).slice(0, SLOWEST);
  for (const [file, ms] of slowest) say(`#   ${secondsOf(ms)} ${file}`);
}
for (const line of told.failures) say(`FAILED ${line}`);
process.exitCode = told.failures.length === 0 ? 0 : 1;
