/**
 * `npm run bench`: ratios measured in one run, each beside its bound. Exit code 1 where one is
 * broken; `npm run bench -- PART…` measures parts of them. Ratios and not times, because machines differ;
 * medians, because machines are shared.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import {
  beginningRatios,
  deathRatios,
  hangRatios,
  pageRatios,
  restingRatios,
  soakRatios,
} from './detection/ratios.js';
import type { Ratio } from './ratio.js';

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('Run it with: npm run bench (node --expose-gc)');
  globalThis.gc();
}

/** A checkpoint that does not load is an error, and not a ratio. */
async function checkpointRatios(): Promise<Ratio[]> {
  const { measureCheckpointLoad } = await import('./checkpoint-load.js');
  const name = '100,000 orders: checkpoint verified and loaded / read and JSON.parse';
  return [{ name, measured: await measureCheckpointLoad(collect), bound: 1.5 }];
}

async function reconciliationRatios(): Promise<Ratio[]> {
  const { FULL_SIZE, measureReconciliation } = await import('./reconciliation.js');
  const costs = measureReconciliation(FULL_SIZE, collect);
  if (!costs.allExplained) throw new Error('the reconciliation gave a wrong answer');
  const { parseMs, reconcileMs, ordersMs, memory, snapshotBytes } = costs;
  return [
    { name: 'reconcile / JSON.parse of the same bytes', measured: reconcileMs / parseMs, bound: 3 },
    {
      name: 'reconcile and resolve orders / JSON.parse',
      measured: (reconcileMs + ordersMs) / parseMs,
      bound: 3,
    },
    { name: 'memory of both / the same bytes', measured: memory / snapshotBytes, bound: 4 },
  ];
}

/** Within one page of every history, and over the ends of several. */
const FILLS_EACH = [120, 300];

async function venueRatios(fillsEach: number): Promise<Ratio[]> {
  const { measureVenueCalls } = await import('./exchange/venue-calls.js');
  const calls = await measureVenueCalls({ fillsEach });
  return calls.flatMap(({ venue, requests, weight, leastRequests, leastWeight }) => [
    {
      name: `${venue}, ${fillsEach} fills each: requests / the least (${leastRequests})`,
      measured: requests / leastRequests,
      bound: 1.2,
    },
    {
      name: `${venue}, ${fillsEach} fills each: weight / the least (${leastWeight})`,
      measured: weight / leastWeight,
      bound: 1.2,
    },
  ]);
}

async function snapshotRatios(): Promise<Ratio[]> {
  const { measureSnapshotSpeed } = await import('./exchange/snapshot-speed.js');
  const { oursMs, pacedMs, requests } = await measureSnapshotSpeed();
  return [
    { name: 'binance: requests of a snapshot', measured: requests, bound: 5 },
    {
      name: "binance: snapshot / as ccxt's limiter paces it",
      measured: oursMs / pacedMs,
      bound: 0.1,
    },
  ];
}

async function shadowRatios(): Promise<Ratio[]> {
  const { measureShadows, SHARE } = await import('./exchange/shadows.js');
  return (await measureShadows()).flatMap((cost) => [
    {
      name: `${cost.venue}: shadows, ${Math.round(cost.requestsAnHour)} requests an hour / its limit`,
      measured: cost.share,
      bound: SHARE,
    },
    {
      name: `${cost.venue} at rest, ${Math.round(cost.requestsAnHourAtRest)} an hour / its limit`,
      measured: cost.shareAtRest,
      bound: SHARE,
    },
  ]);
}

async function startUpRatios(): Promise<Ratio[]> {
  const { measureStartUp } = await import('./start-up.js');
  const { node, help, status, client } = await measureStartUp();
  return [
    { name: 'relight --help, built / node -e 0, CPU', measured: help / node, bound: 10 },
    { name: 'relight status, built / node -e 0, CPU', measured: status / node, bound: 10 },
    {
      name: "relight status, built / Temporal's client alone, CPU",
      measured: status / client,
      bound: 2.5,
    },
  ];
}

/** A schedule that breaks something is an error, and not a ratio. */
async function zombieRatios(): Promise<Ratio[]> {
  const { runRealZombies, runZombies } = await import('./zombies.js');
  const seeded = { seed: 'zombies', schedules: 20 };
  const runs = { attempts: await runZombies(seeded), workers: await runRealZombies(seeded) };
  return Object.entries(runs).map(([what, { stopped, schedules }]) => ({
    name: `${what} stopped, given up and woken, of ${schedules}: left unstopped`,
    measured: schedules - stopped,
    bound: schedules / 2,
  }));
}

/** A pair of faults after which something is untrue is an error, and not a ratio. */
async function stopRatios(): Promise<Ratio[]> {
  const { PAIRS, runStops } = await import('./stopping.js');
  const untrue = PAIRS.length - (await runStops());
  return [
    { name: `stops under pairs of faults, of ${PAIRS.length}: untrue`, measured: untrue, bound: 0 },
  ];
}

/** One second and two round trips, in round trips to a venue that answers in a tenth of a second. */
const CONTAINED_WITHIN = 12;

async function containmentRatios(): Promise<Ratio[]> {
  const { measureContainment } = await import('./containment.js');
  const { p50, p99, deaths } = await measureContainment({ seed: 'deaths', deaths: 50 });
  const name = (part: string) =>
    `Temporal dead, ${deaths} deaths, ${part}: signal to no own working order / round trip`;
  return [
    { name: name('p50'), measured: p50, bound: CONTAINED_WITHIN },
    { name: name('p99'), measured: p99, bound: CONTAINED_WITHIN },
  ];
}

async function sizeRatios(): Promise<Ratio[]> {
  const { measureHistory } = await import('./history-size.js');
  const { bytesOfAnOrder, largest } = await measureHistory();
  return [
    // The least that an order can be named by: far less than its client order id.
    { name: 'history, each order more: bytes', measured: bytesOfAnOrder, bound: 4 },
    { name: 'history of 10,000 orders: kB', measured: largest / 1_024, bound: 256 },
  ];
}

/** Every one that goes on must be right, and every one that is explained must go on. */
async function historyRatios(): Promise<Ratio[]> {
  const { runHistories } = await import('../workflows/domain/orders/histories.js');
  const told = runHistories(0, HISTORIES);
  const { halted, explainable, askedForNothing, wrongAndNotHalted } = told;
  process.stderr.write(`  ${HISTORIES} histories, ${halted} halted, ${explainable} explainable\n`);
  return [
    { name: 'histories: wrong, and went on', measured: wrongAndNotHalted.length, bound: 0 },
    { name: 'histories: explained, and asked about', measured: askedForNothing.length, bound: 0 },
  ];
}

const HISTORIES = 100_000;

/** Incidents an hour on two cores that are wanted of each level and mix, and how many are measured by. */
const RATES = [
  { level: 'ports', mix: 'light', wanted: 30_000, runs: 300 },
  { level: 'ports', mix: 'none', wanted: 30_000, runs: 100 },
  { level: 'ports', mix: 'harsh', wanted: 15_000, runs: 100 },
  { level: 'wire', mix: 'light', wanted: 20_000, runs: 200 },
] as const;

async function simulationRatios(): Promise<Ratio[]> {
  const { measureSimulation } = await import('./simulation.js');
  const ratios: Ratio[] = [];
  for (const { level, mix, wanted, runs } of RATES) {
    const { anHour, broken } = await measureSimulation(level, mix, runs);
    if (broken.length > 0)
      process.stderr.write(`  ${level}, ${mix}, broken: ${broken.join(', ')}\n`);
    const name = `${level}, ${mix}: ${wanted} incidents an hour / ${Math.round(anHour)} simulated`;
    ratios.push({ name, measured: wanted / anHour, bound: 1 });
    ratios.push({ name: `${level}, ${mix}: seeds that break`, measured: broken.length, bound: 0 });
  }
  return ratios;
}

/** Ratios far below one would read as nothing. */
function figure(measured: number): string {
  return measured > 0 && measured < 0.1 ? measured.toPrecision(2) : measured.toFixed(2);
}

function show(ratios: readonly Ratio[]): void {
  const style = { head: [], border: [] };
  const table = new Table({ head: ['ratio', 'measured', 'bound', ''], style });
  for (const { name, measured, bound } of ratios) {
    table.push([name, figure(measured), `≤ ${bound}`, measured <= bound ? 'ok' : 'BROKEN']);
  }
  process.stdout.write(`${table.toString()}\n`);
}

interface Part {
  says: string;
  ratios: () => Promise<Ratio[]>;
}

const PARTS: Record<string, Part> = {
  'start-up': {
    says: 'The command line, built and started again and again',
    ratios: startUpRatios,
  },
  checkpoint: { says: 'A checkpoint of 100,000 orders', ratios: checkpointRatios },
  reconcile: {
    says: '10,000 instruments, 100,000 orders, 100,000 fills',
    ratios: reconciliationRatios,
  },
  venues: { says: 'A recovery at five venues, and a snapshot of one', ratios: allVenueRatios },
  shadows: { says: 'Shadows of an engine that trades, and of one at rest', ratios: shadowRatios },
  zombies: { says: 'Attempts that are stopped, given up and woken: 20 min', ratios: zombieRatios },
  'history-size': { says: 'Recoveries of 10 and of 10,000 orders: 2 min', ratios: sizeRatios },
  histories: { says: 'Histories of orders, read through faulty rows', ratios: historyRatios },
  stops: { says: 'An engine that is stopped under pairs of faults', ratios: stopRatios },
  'agent-at-rest': { says: 'Agents whose engines only beat: 2 min', ratios: restingRatios },
  'report-to-recovery': {
    says: 'Engines that are killed, and their recoveries: 2 min',
    ratios: beginningRatios,
  },
  pages: {
    says: 'Engines that die, and who is told: Temporal up, worker dead, Temporal dead: 2 min',
    ratios: pageRatios,
  },
  containment: { says: 'Engines that die with Temporal dead', ratios: containmentRatios },
  deaths: {
    says: '500 deaths of eight kinds, and 20 with a big core: 12 min',
    ratios: deathRatios,
  },
  hangs: { says: 'Engines that are stopped', ratios: hangRatios },
  journal: {
    says: '10,000 engines that are killed as they trade: 12 min',
    ratios: async () => (await import('./journal.js')).journalRatios(),
  },
  intents: {
    says: 'Engines that are killed as they trade: the fate of each order',
    ratios: async () => (await import('./intents.js')).intentRatios(),
  },
  'whole-intents': {
    says: '100 engines that are killed as they trade, recovered to their end: 40 min',
    ratios: async () => (await import('./intents.js')).wholeIntentRatios(),
  },
  simulation: {
    says: 'Incidents in virtual time, by their seeds: 3 min',
    ratios: simulationRatios,
  },
  soak: { says: 'Engines that live, on a busy machine: 20 min', ratios: soakRatios },
};

async function allVenueRatios(): Promise<Ratio[]> {
  const ratios = await snapshotRatios();
  for (const fillsEach of FILLS_EACH) ratios.push(...(await venueRatios(fillsEach)));
  return ratios;
}

/** Those that are named, else all. */
function partsOf(named: readonly string[]): string[] {
  const unknown = named.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    process.stderr.write(
      `there is no part "${unknown}"; there are: ${Object.keys(PARTS).join(', ')}\n`,
    );
    process.exit(2);
  }
  return named.length === 0 ? Object.keys(PARTS) : [...new Set(named)];
}

/** In a process of its own, which loads what it needs: what others left in memory would be measured too. */
function measuredApart(name: string): Ratio[] {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), name, '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(`the part "${name}" ended with ${status}, and told nothing`);
  return JSON.parse(stdout) as Ratio[];
}

async function measured(name: string): Promise<Ratio[]> {
  const { says = '', ratios } = PARTS[name] ?? {};
  process.stderr.write(`${says}…\n`);
  return (await ratios?.()) ?? [];
}

const parts = partsOf(process.argv.slice(2).filter((one) => !one.startsWith('--')));
const [only = ''] = parts;
const ratios = parts.length === 1 ? await measured(only) : parts.flatMap(measuredApart);
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(ratios, null, 2)}\n`);
else show(ratios);
if (ratios.some(({ measured: found, bound }) => found > bound)) process.exitCode = 1;
