/** What an agent has contained at the death is not contained again, where it was done wholly and by the same rules. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { askContainment } from '../../../clients/temporal/containment.js';
import { signedClient } from '../../../clients/temporal/connect.js';
import { ensureGuardian, reportCrash } from '../../../clients/temporal/recoveries.js';
import type { Contained } from '../../../workflows/domain/crash/contained.js';
import { rulesOf } from '../fakes/activities.js';
import type { Engine } from '../fakes/engine.js';
import { quickPolicy } from '../fakes/policy.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const book = () => rulesOf({ policy: quickPolicy({ containment: 'cancel_own_orders' }) });

function clientOf(host: string) {
  const { connection } = world;
  return signedClient(world.keys.of('host', host), { connection, identity: host });
}

async function recovered(engine: Engine, contained: Contained) {
  const { report } = engine.noticeOf(0);
  await reportCrash(clientOf(world.host), { report: { ...report, host: world.host, contained } });
  assert.equal((await engine.ended()).outcome, 'recovered');
  const [list] = engine.callsOf('listOwnOrders');
  const [act] = engine.callsOf('containRisk');
  const { containment } = await engine.record();
  return {
    except: [list?.input['except'], act?.input['except']],
    detail: containment?.detail ?? '',
  };
}

const venues = [
  { venue: 'alpha', cancelled: 3, left: 0, why: '3 cancelled, 0 left' },
  { venue: 'beta', cancelled: 0, left: null, why: 'NOT READ' },
  { venue: 'gamma', cancelled: 1, left: 2, why: '1 cancelled, 2 left' },
];

describe('contained by the agent', { concurrency: 4 }, () => {
  test('what is wholly done is left out of listing and cancelling, and the record says who did it', async () => {
    const engine = world.engine({ fakes: { loadRules: async () => book() } });
    const rulesDigest = book().digest;
    const done = { action: 'cancel_own_orders', atMs: 1, venues, rulesDigest } as const;
    const { except, detail } = await recovered(engine, done);
    assert.deepEqual(except, [['alpha'], ['alpha']]);
    assert.match(
      detail,
      /^by the agent of .* at the death, 1970-01-01T00:00:00\.001Z: alpha: 3 cancelled, 0 left; beta: NOT READ/,
    );
    assert.match(detail, /; alpha: 2 cancelled, 0 left$/);
  });

  test('by other rules nothing counts as done', async () => {
    const engine = world.engine({ fakes: { loadRules: async () => book() } });
    const done = { action: 'cancel_own_orders', atMs: 1, venues, rulesDigest: 'others' } as const;
    const { except } = await recovered(engine, done);
    assert.deepEqual(except, [undefined, undefined]);
  });

  test('the guardian hands its rules to the host of the engine, and to no other', async () => {
    const rules = async () => ({ ...book(), host: world.host });
    const { engineId } = world.engine({ fakes: { loadRules: rules } });
    const client = clientOf(world.host);
    await ensureGuardian(client, engineId);
    assert.deepEqual(await askContainment(client, { engineId, host: world.host }), {
      containment: 'cancel_own_orders',
      containmentAt: {},
      keepProtective: true,
      rulesDigest: book().digest,
    });
    const elsewhere = clientOf('host-2');
    await assert.rejects(askContainment(elsewhere, { engineId, host: 'host-2' }));
    await assert.rejects(askContainment(elsewhere, { engineId, host: world.host }));
  });
});
