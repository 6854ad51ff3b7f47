/** Recoveries that are under way must survive a new version of the code: each history replays. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { loadWorkflowBundle } from '../../workers/processes/bundle.js';
import { installRuntime } from '../../workers/processes/runtime.js';

installRuntime(pino({ level: 'silent' }));

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const workflowBundle = await loadWorkflowBundle();

interface RecordedEvent {
  workflowExecutionStartedEventAttributes?: { workflowId: string };
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  timerStartedEventAttributes?: { timerId: string };
  workflowExecutionUpdateAcceptedEventAttributes?: {
    acceptedRequest: { input: { args: { payloads: { data: string }[] } } };
  };
}

function read(name: string): { events: RecordedEvent[] } {
  return JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8')) as { events: RecordedEvent[] };
}

async function replay(history: { events: RecordedEvent[] }): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
}

test('there is a history of every path', () => {
  for (const path of [
    'happy',
    'gates',
    'expired',
    'halted',
    'manual',
    'crash-again',
    'guardian',
    'notice',
  ]) {
    assert.ok(
      NAMES.some((name) => name.includes(path)),
      `no history of ${path}: npm run histories`,
    );
  }
});

for (const name of NAMES) {
  test(`${name} replays`, async () => replay(read(name)));
}

test('a history in which another activity ran does not replay', async () => {
  const history = read('happy-path.json');
  const scheduled = history.events.flatMap(
    (event) => event.activityTaskScheduledEventAttributes ?? [],
  );
  const start = scheduled.find(({ activityType }) => activityType.name === 'startEngine');
  assert.ok(start !== undefined);
  start.activityType.name = 'stopEngine';
  await assert.rejects(replay(history), { name: 'DeterminismViolationError' });
});

test('a decision that was accepted is not verified again', async () => {
  const history = read('gates-approved-by-two.json');
  const updates = history.events.flatMap(
    (event) => event.workflowExecutionUpdateAcceptedEventAttributes ?? [],
  );
  const decisions = updates.flatMap(({ acceptedRequest }) => acceptedRequest.input.args.payloads);
  assert.ok(decisions.length > 0);
  for (const payload of decisions) {
    const decision = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as object;
    const other = { ...decision, signature: '0'.repeat(128) };
    payload.data = Buffer.from(JSON.stringify(other)).toString('base64');
  }
  await replay(history);
});

test('a history without one of its steps does not replay', async () => {
  const history = read('happy-path.json');
  const timer = history.events.findIndex(
    (event) => event.timerStartedEventAttributes !== undefined,
  );
  history.events.splice(timer, 1);
  await assert.rejects(replay(history));
});
