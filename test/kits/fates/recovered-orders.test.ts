/** After SIGKILL each order of an engine has a fate that the venue's ledger bears out; `npm run bench -- intents` kills 100. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_KITS } from '../programs.js';
import { recoverKilled } from './recovered-orders.js';

const KILLS = 5;

for (const kit of ALL_KITS) {
  const name = `${KILLS} engines in ${kit.language} are killed as they trade: each order has its fate`;
  test(name, { skip: kit.why }, async (t) => {
    const { wrong, noted, reached, questions } = await recoverKilled(kit, KILLS);
    assert.deepEqual(wrong, []);
    assert.equal(questions, 0);
    assert.ok(reached > 0 && noted > reached, `${noted} noted, ${reached} at the venue`);
    t.diagnostic(`${noted} noted, ${reached} reached the venue`);
  });
}
