/** What is done to a ledger as the engine dies is told as what it is: each fate that a recovery knows has a place. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ResolutionKind } from '../../../../workflows/domain/orders/resolution.js';
import { Simulators } from '../../command/pool.js';
import { ACCOUNTS } from './accounts.js';

const simulators = new Simulators(1);
after(() => simulators.close());

const FATES = {
  'an order has expired': 'expired',
  'an order was rejected': 'rejected',
  'orders are lost on their way': 'never_arrived',
  'an order of which nobody tells': 'unknown',
  'a foreign order': 'foreign',
  'a foreign order is adopted': 'adopted',
  'an order that came and went': 'ended_unseen',
} as const satisfies Record<string, ResolutionKind>;

for (const [what, fate] of Object.entries(FATES)) {
  test(`${what}: it is told as ${fate.replaceAll('_', ' ')}, and nothing breaks`, async () => {
    const plan = [{ kind: 'books' as const, at: { afterMs: 0 }, ms: 0, what }];
    const asked = { level: 'ports', mix: 'none', seed: '917', plan } as const;
    const { breaches, coverage } = await simulators.ask(asked);
    assert.deepEqual(breaches, []);
    assert.ok((coverage.resolution?.[fate] ?? 0) > 0, JSON.stringify(coverage.resolution));
  });
}

for (const what of Object.keys(ACCOUNTS)) {
  test(`${what}: nothing breaks`, async () => {
    const plan = [{ kind: 'accounts' as const, at: { afterMs: 0 }, ms: 0, what }];
    const asked = { level: 'ports', mix: 'none', seed: '918', plan } as const;
    assert.deepEqual((await simulators.ask(asked)).breaches, []);
  });
}
