/** Attempts of one activity in one process: the next waits until the one before has ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { oneAttemptAtATime } from '../../../workers/processes/activities/one-attempt.js';

type Next = () => Promise<string>;

const aMoment = () => new Promise((resolve) => setImmediate(resolve));

/** As a worker runs it. */
function attempt(activityId: string, next: Next, environment = new MockActivityEnvironment()) {
  const { info, cancellationSignal } = environment.context;
  const context = { info: { ...info, activityId }, cancellationSignal } as unknown as Context;
  const execute = oneAttemptAtATime(context).inbound?.execute;
  return execute?.({ args: [], headers: {} }, next);
}

test('an attempt waits for the one before, and other activities for none', async () => {
  const said: string[] = [];
  let end = (): void => undefined;
  const first = attempt('7', async () => {
    said.push('first');
    await new Promise<void>((resolve) => (end = resolve));
    said.push('first ends');
    throw new Error('it was given up');
  });
  const second = attempt('7', async () => said.push('second').toString());
  await attempt('8', async () => said.push('another').toString());
  assert.deepEqual(said, ['first', 'another']);
  await aMoment();
  end();
  await assert.rejects(async () => first, /given up/);
  await second;
  assert.deepEqual(said, ['first', 'another', 'first ends', 'second']);
});

test('one that was called off while it waited begins nothing', async () => {
  let end = (): void => undefined;
  const first = attempt('9', async () => {
    await new Promise<void>((resolve) => (end = resolve));
    return 'done';
  });
  const environment = new MockActivityEnvironment();
  let began = false;
  const second = attempt('9', async () => ((began = true), ''), environment);
  await aMoment();
  environment.cancel();
  end();
  await first;
  await assert.rejects(async () => second, { name: 'CancelledFailure' });
  assert.equal(began, false);
});
