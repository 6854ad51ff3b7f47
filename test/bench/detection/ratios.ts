/** What the bench tells of detection, each beside its bound; a part loads what it measures when it is asked for. */
import type { Ratio } from '../ratio.js';
import type { Deaths } from './deaths.js';

/** As the procedure wants it: the first thing is known within this of the end. */
const FIRST_MS = 50;

export async function deathRatios(): Promise<Ratio[]> {
  const { runBigDeaths, runDeaths } = await import('./deaths.js');
  const small = await runDeaths({ seed: 'deaths', deaths: 500 });
  const big = await runBigDeaths(20);
  const wrong = [...small.wrong, ...big.wrong];
  for (const line of wrong) process.stderr.write(`  wrong: ${line}\n`);
  const first = (what: string, { deaths, firstMs }: Deaths) =>
    [0.5, 0.99].map((part) => ({
      name: `${deaths} deaths${what}, p${part * 100}: first event / ${FIRST_MS} ms`,
      measured: (firstMs[Math.ceil(deaths * part) - 1] ?? Infinity) / FIRST_MS,
      bound: 1,
    }));
  return [
    {
      name: `${small.deaths} deaths of eight kinds: wrong cause`,
      measured: wrong.length,
      bound: 0,
    },
    ...first('', small),
    ...first(' that write a core of 1 GB', big),
  ];
}

export async function hangRatios(): Promise<Ratio[]> {
  const { measureHangs } = await import('./alarms.js');
  return [
    { name: '10 hangs, the latest: told / limit', measured: await measureHangs(10), bound: 1.5 },
  ];
}

export async function soakRatios(): Promise<Ratio[]> {
  const { soak } = await import('./alarms.js');
  const { falseAlarms, minutes } = await soak(20);
  for (const line of falseAlarms) process.stderr.write(`  false: ${line}\n`);
  const name = `${minutes} minutes with all cores busy: false alarms`;
  return [{ name, measured: falseAlarms.length, bound: 0 }];
}

export async function restingRatios(): Promise<Ratio[]> {
  const { measureAgentAtRest } = await import('./agent-at-rest.js');
  const { one, eachMore } = await measureAgentAtRest();
  return [
    { name: 'agent at rest, one engine: % of a core', measured: one, bound: 1 },
    { name: 'agent at rest, each further engine: % of a core', measured: eachMore, bound: 0.3 },
  ];
}

export async function beginningRatios(): Promise<Ratio[]> {
  const { measureReportToRecovery } = await import('./report-to-recovery.js');
  const { bare, recovery } = await measureReportToRecovery();
  process.stderr.write(`  ${recovery.toFixed(1)} ms, bare ${bare.toFixed(1)} ms\n`);
  const name = 'report to started recovery, above a bare start: ms';
  return [{ name, measured: recovery - bare, bound: 10 }];
}

/** Somebody is woken within this of the report, whatever else is dead. */
const TOLD_WITHIN_MS = 1_000;

export async function pageRatios(): Promise<Ratio[]> {
  const { measurePages } = await import('./pages.js');
  return (await measurePages()).flatMap(({ state, afterReport, afterKill }) => {
    const deaths = afterReport.length;
    const at = (part: number, of: number[]) => of[Math.ceil(deaths * part) - 1] ?? Infinity;
    const killed = `p50 ${at(0.5, afterKill)} ms, worst ${at(1, afterKill)} ms`;
    process.stderr.write(`  ${state}: from the death itself ${killed}\n`);
    return [
      { what: 'p50', measured: at(0.5, afterReport) },
      { what: 'worst', measured: at(1, afterReport) },
    ].map(({ what, measured }) => ({
      name: `${state}, ${deaths} deaths, ${what}: report to page at its receiver: ms`,
      measured,
      bound: TOLD_WITHIN_MS,
    }));
  });
}
