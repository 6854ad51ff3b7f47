/**
 * Activities across versions: what recorded recoveries asked of them is understood now, what an agent of
 * another version tells is enough for a recovery, and what is not known yet is let pass.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { activityFault } from '../../workflows/contract/activity-schemas.js';
import { asMeantNow } from '../../workflows/contract/earlier.js';
import { misshapen } from '../../workflows/contract/schemas.js';
import { withoutEnvelope } from '../../workflows/domain/trust/envelope.js';
import { answerOf } from '../../workflows/domain/trust/answers.js';
import { happyControlPlane, happyHost } from './fakes/activities.js';
import type { Fakes } from './fakes/engine.js';
import { openWorld, type World } from './fakes/world.js';

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));

const NOW_MS = 1_700_000_000_000;

interface Payloads {
  payloads?: { data: string }[];
}

interface RecordedEvent {
  eventId: string;
  workflowExecutionStartedEventAttributes?: { workflowType: { name: string }; input: Payloads };
  activityTaskScheduledEventAttributes?: { activityType: { name: string }; input: Payloads };
  activityTaskCompletedEventAttributes?: { scheduledEventId: string; result?: Payloads };
}

interface Recorded {
  name: string;
  input: unknown;
  result: unknown;
}

function first({ payloads = [] }: Payloads): unknown {
  const [payload] = payloads;
  if (payload === undefined || payload.data === undefined) return undefined;
  return JSON.parse(Buffer.from(payload.data, 'base64').toString()) as unknown;
}

function recordedIn(file: string): { activities: Recorded[]; starts: [string, unknown][] } {
  const { events } = JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')) as {
    events: RecordedEvent[];
  };
  const results = new Map(
    events.flatMap(({ activityTaskCompletedEventAttributes: done }) =>
      done === undefined ? [] : [[done.scheduledEventId, first(done.result ?? {})] as const],
    ),
  );
  const activities = events.flatMap(({ eventId, activityTaskScheduledEventAttributes: asked }) =>
    asked === undefined
      ? []
      : [
          {
            name: asked.activityType.name,
            input: withoutEnvelope(first(asked.input)),
            result: results.get(eventId),
          },
        ],
  );
  const starts = events.flatMap(({ workflowExecutionStartedEventAttributes: started }) =>
    started === undefined
      ? []
      : [[started.workflowType.name, withoutEnvelope(first(started.input))] as [string, unknown]],
  );
  return { activities, starts };
}

const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
);

test('what recorded recoveries asked of activities is understood now', () => {
  const asked = FILES.flatMap((file) => recordedIn(file).activities);
  const names = new Set(asked.map(({ name }) => name));
  assert.ok(names.size > 20, `only ${[...names].join(', ')}`);
  for (const { name, input } of asked) {
    assert.equal(activityFault(name, asMeantNow(name, input, NOW_MS)), null, name);
  }
});

test('a field that was added later means what it meant before, and what was sent wins', () => {
  const added = { sinceMs: NOW_MS, thorough: false, live: true };
  assert.deepEqual(asMeantNow('awaitReadable', { engineId: 'a' }, NOW_MS), {
    engineId: 'a',
    ...added,
  });
  const sent = { sinceMs: 1, thorough: true, live: false };
  assert.deepEqual(asMeantNow('awaitReadable', sent, NOW_MS), sent);
  assert.deepEqual(asMeantNow('toString', { a: 1 }, NOW_MS), { a: 1 });
  assert.equal(asMeantNow('awaitReadable', null, NOW_MS), null);
});

/** The same with a field that nobody knows, in each object of it. */
function fromTheFuture(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromTheFuture);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).map(([name, field]) => [name, fromTheFuture(field)]);
  return { ...Object.fromEntries(known), ofALaterVersion: { why: 'not yet known' } };
}

/** Their fields are names that somebody chose: of venues, of limits. */
const NAMED_BY_PEOPLE = ['at', 'containmentAt', 'expected'];

function withoutNames(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).filter(([name]) => !NAMED_BY_PEOPLE.includes(name)),
  );
}

test('fields that a later version adds keep no activity and no start from being understood', () => {
  for (const file of FILES) {
    const { activities, starts } = recordedIn(file);
    for (const { name, input } of activities) {
      const later = fromTheFuture(withoutNames(input)) as object;
      const whole = asMeantNow(name, { ...(input as object), ...later }, NOW_MS);
      assert.equal(activityFault(name, whole), null, name);
    }
    for (const [name, input] of starts) {
      assert.equal(misshapen(name, fromTheFuture(input), 1_000), null, name);
    }
  }
});

const HOST = Object.keys(happyHost());

/** What an agent told when the histories were recorded, and no more. */
function formerAgent(): Fakes {
  const { activities } = recordedIn('happy-path.json');
  const told = activities.filter(({ name }) => HOST.includes(name));
  assert.ok(told.length >= 8);
  const results = told.map(
    ({ name, result }) => [name, answerOf(result)?.value ?? result] as const,
  );
  return Object.fromEntries(
    [...new Map(results)].map(([name, result]) => [name, async () => result]),
  ) as Fakes;
}

function laterActivities(): Fakes {
  const all = { ...happyControlPlane(), ...happyHost() };
  return Object.fromEntries(
    Object.entries(all).map(([name, act]) => [
      name,
      async (input: never) => fromTheFuture(await (act as (given: never) => unknown)(input)),
    ]),
  ) as Fakes;
}

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

test('an agent of before is enough for a recovery of now', async () => {
  const engine = world.engine({ fakes: formerAgent() });
  await engine.crash();
  assert.equal((await engine.ended()).outcome, 'recovered');
});

test('what a later agent and worker tell besides does not disturb a recovery of now', async () => {
  const { loadRules: _ours, ...later } = laterActivities();
  const engine = world.engine({ fakes: later });
  await engine.crash();
  assert.equal((await engine.ended()).outcome, 'recovered');
});

test('a death that is seen by a probe of a later agent is a death', async () => {
  const engine = world.engine();
  const { report } = engine.noticeOf(0);
  const sighting = { suspicion: 'dead', probe: 'of_a_later_version', detail: 'seen', more: 1 };
  const later = { ...report, probe: 'of_a_later_version', sightings: [sighting], bootId: 'b' };
  assert.equal(misshapen('reportCrash', { report: later }, 1_000), null);
  await engine.reportAs(later as typeof report);
  assert.equal((await engine.ended()).outcome, 'recovered');
});
