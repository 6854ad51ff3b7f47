/** Whether each order of an engine that is killed as it trades has a fate that the venue's ledger bears out. */
import { seededRandom } from '../../sandbox/venues/market/random.js';
import { ALL_KITS } from '../kits/programs.js';
import { recoverKilled as recoverWhole } from '../e2e/engines/killed-kit.js';
import { recoverKilled } from '../kits/fates/recovered-orders.js';
import { closing } from './closing.js';

const KILLS = 100;

/** Step 5 as its activities do it; a kit whose compiler is not here is told, and left out. */
export async function intentRatios() {
  const ratios = [];
  for (const kit of ALL_KITS) {
    if (kit.why !== false) {
      process.stderr.write(`  ${kit.language} is left out: ${kit.why}\n`);
      continue;
    }
    const { wrong, noted, reached, questions } = await recoverKilled(kit, KILLS);
    for (const line of wrong) process.stderr.write(`  wrong: ${line}\n`);
    process.stderr.write(`  ${kit.language}: ${noted} noted, ${reached} reached the venue\n`);
    const of = `${kit.language}, ${KILLS} kills`;
    ratios.push(
      {
        name: `${of}: orders without their one fate, or sent twice`,
        measured: wrong.length,
        bound: 0,
      },
      { name: `${of}: orders that people were asked about`, measured: questions, bound: 0 },
    );
  }
  return ratios;
}

const RECOVERIES = 100;

/** Whole ones, under `relight up`, each with another time to trade. */
export async function wholeIntentRatios() {
  const kits = ALL_KITS.filter(({ why }) => why === false);
  const random = seededRandom('intents');
  let [wrong, noted, asked] = [0, 0, 0];
  for (let at = 0; at < RECOVERIES; at += 1) {
    const kit = kits[at % kits.length];
    if (kit === undefined) return [];
    const how = { livesMs: Math.floor(random() * 1_000), say: () => undefined };
    const { compared } = await closing((t) => recoverWhole(t, kit, how));
    for (const line of compared.wrong) process.stderr.write(`  wrong: ${kit.language} ${line}\n`);
    wrong += compared.wrong.length;
    noted += compared.noted;
    asked += compared.questions;
    const done = `${at + 1} recoveries: ${noted} noted, ${asked} asked about, ${wrong} wrong`;
    if ((at + 1) % 5 === 0) process.stderr.write(`  ${done}\n`);
  }
  const name = `${RECOVERIES} whole recoveries: orders without their one fate or question, or sent twice`;
  return [{ name, measured: wrong, bound: 0 }];
}
