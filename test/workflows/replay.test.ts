/** Recoveries that are under way must survive a new version of the code: each history replays. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { installRuntime } from '../../workers/processes/runtime.js';
import { bundleWithTellingPatches, listenToPatches, patchesInSources } from './patches.js';

installRuntime(pino({ level: 'silent' }));

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));
/** Those of released versions in a folder of each. */
const NAMES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
);
const workflowBundle = await bundleWithTellingPatches();
const patches = listenToPatches();

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
  await Worker.runReplayHistory({ workflowBundle, sinks: patches.sinks }, history, workflowId);
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
    'too-late',
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

test('of each patch there is a history before it, and one with it', () => {
  const all = patchesInSources();
  assert.ok(all.includes('gates-by-clock'), 'the sources are not read');
  assert.deepEqual(patches.missing(all), [], 'npm run histories -- NAME');
  assert.equal(patches.missing(['no-such-patch']).length, 2);
});

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

/** Changes what a decision that was accepted has for a signature. */
function withoutSignature(decision: { signature?: string; proof?: object }): object {
  const signature = '0'.repeat(128);
  return decision.proof === undefined
    ? { ...decision, signature }
    : { ...decision, proof: { ...decision.proof, signature } };
}

for (const name of ['gates-approved-by-two.json', 'manual-skips-no-question.json']) {
  test(`a decision that was accepted is not verified again, as in ${name}`, async () => {
    const history = read(name);
    const updates = history.events.flatMap(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes ?? [],
    );
    const decisions = updates.flatMap(({ acceptedRequest }) => acceptedRequest.input.args.payloads);
    assert.ok(decisions.length > 0);
    for (const payload of decisions) {
      const decision = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as object;
      const other = withoutSignature(decision);
      payload.data = Buffer.from(JSON.stringify(other)).toString('base64');
    }
    await replay(history);
  });
}

test('a history without one of its steps does not replay', async () => {
  const history = read('happy-path.json');
  const timer = history.events.findIndex(
    (event) => event.timerStartedEventAttributes !== undefined,
  );
  history.events.splice(timer, 1);
  await assert.rejects(replay(history));
});
