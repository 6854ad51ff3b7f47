/** Orders asked about one by one: how often, and what is said of one that could not be asked about. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { lookUpOrders } from '../../../activities/procedures/orders/look-up-orders.js';
import { activityPace } from '../../../activities/steps/pace.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { readFault } from '../../../workflows/domain/books/read-fault.js';
import { venueFailure } from '../../../workflows/failure.js';
import type { LookUp } from '../../../workflows/domain/orders/fate/recovery.js';
import { order } from '../../workflows/domain/builders.js';

const CANCELLED: LookUp = { outcome: 'closed', status: 'cancelled', filled: '0' };
const about = { venue: 'alpha', what: 'order look-up' } as const;
const silence = readFault({ kind: 'no_answer', ...about });
const refusal = readFault({ kind: 'not_permitted', ...about });

/** Fails once with each of these, and then tells. */
function venue(...failures: Error[]) {
  const left = [...failures];
  const asked = { times: 0 };
  const lookUp = async () => {
    asked.times += 1;
    const failed = left.shift();
    if (failed !== undefined) throw failed;
    return CANCELLED;
  };
  return { account: { venue: 'alpha', account: 'main', lookUp } as unknown as VenueAccount, asked };
}

async function lookUp(accounts: VenueAccount[], environment = new MockActivityEnvironment()) {
  const looking = () =>
    lookUpOrders([order()], accounts, { arrivesInMs: 0, pace: activityPace('orders') });
  const found = await environment.run<[], Map<string, LookUp>, typeof looking>(looking);
  return [...found.values()];
}

test('a venue that does not answer is asked again', async () => {
  const { account, asked } = venue(venueFailure('VenueUnreadable', silence));
  assert.deepEqual(await lookUp([account]), [CANCELLED]);
  assert.equal(asked.times, 2);
});

test('one that refuses is asked once, and why is told as data', async () => {
  const { account, asked } = venue(venueFailure('VenueRefused', refusal));
  assert.deepEqual(await lookUp([account]), [{ outcome: 'unreadable', why: refusal }]);
  assert.equal(asked.times, 1);
});

test('an order of a venue that is not configured is not taken for absent', async () => {
  const why = readFault({ kind: 'not_configured', ...about });
  assert.deepEqual(await lookUp([]), [{ outcome: 'unreadable', why }]);
});

test('a look-up that is called off fails, and is no unreadable order', async () => {
  const environment = new MockActivityEnvironment();
  const { account } = venue(venueFailure('VenueUnreadable', silence));
  const looking = lookUp([account], environment);
  environment.cancel();
  await assert.rejects(looking, { name: 'CancelledFailure' });
});
