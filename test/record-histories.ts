/**
 * `npm run histories -- NAME...`: runs these scenarios on a real server, all where none is named,
 * and writes each history to test/histories/<name>.json, for the replay test. Record again what is
 * there only when a change of the workflows is meant to break recoveries that are under way.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { countEvents, payloadBytes, type History } from './workflows/fakes/history.js';
import { SCENARIOS } from './workflows/fakes/recording/scenarios.js';
import { patchedScenarios } from './workflows/fakes/recording/patched.js';
import type { PatchesThatHold } from './workflows/patches.js';
import { openWorld, type World } from './workflows/fakes/world.js';

const FOLDER = fileURLToPath(new URL('./histories/', import.meta.url));

/** What replay does not read; stack traces would name the folders of the machine. */
const LEFT_OUT = new Set(['stackTrace', 'workerVersion', 'identity', 'requestId', 'taskId']);

const ENDS = { all: 'with', none: 'before', between: 'between' } as const;

/** Of patches: below `patches/`, the same with all of them, with none, and where that is asked for between. */
async function record(
  names: readonly string[],
  patches: PatchesThatHold,
): Promise<Map<string, History>> {
  const patched = patchedScenarios()
    .filter(({ between }) => patches !== 'between' || between === true)
    .map(({ name, run }) => ({
      name: `patches/${name}.${ENDS[patches]}`,
      run: async (world: World) => run(world, patches !== 'none'),
    }));
  const scenarios = (patches === 'all' ? [...SCENARIOS, ...patched] : patched).filter(
    ({ name }) => names.length === 0 || names.some((each) => namesOf(name).includes(each)),
  );
  const histories = new Map<string, History>();
  if (scenarios.length === 0) return histories;
  const world = await openWorld({ patches });
  try {
    for (const { name, run } of scenarios) {
      const workflowId = await run(world);
      histories.set(name, await world.client.workflow.getHandle(workflowId).fetchHistory());
    }
  } finally {
    await world.close();
  }
  return histories;
}

/** `NAME` of `patches/NAME.with` too. */
function namesOf(name: string): string[] {
  return [name, name.replace(/^patches\//, '').replace(/\.(?:with|before|between)$/, '')];
}

/** Those of released versions, in folders of their own, stay as they are. */
async function removeRecorded(): Promise<void> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
  await Promise.all(names.map((name) => rm(`${FOLDER}${name}`)));
}

function slim(key: string, value: unknown): unknown {
  return LEFT_OUT.has(key) ? undefined : value;
}

const named = process.argv.slice(2);
const known = new Set([
  ...SCENARIOS.flatMap(({ name }) => namesOf(name)),
  ...patchedScenarios().map(({ name }) => name),
]);
const unknown = named.filter((name) => !known.has(namesOf(name).at(-1) ?? ''));
if (unknown.length > 0) {
  process.stderr.write(`there is no scenario ${unknown.join(', ')}; nothing is recorded\n`);
  process.exit(2);
}
const histories = new Map<string, History>();
for (const patches of ['all', 'none', 'between'] as const) {
  for (const [name, history] of await record(named, patches)) histories.set(name, history);
}
await mkdir(`${FOLDER}patches`, { recursive: true });
if (named.length === 0) await removeRecorded();
for (const [name, history] of histories) {
  const { events } = JSON.parse(historyToJSON(history), slim) as { events: unknown[] };
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  await writeFile(`${FOLDER}${name}.json`, `{"events":[\n${lines}\n]}\n`);
  const { all } = countEvents(history);
  process.stdout.write(`${name}: ${all} events, ${payloadBytes(history)} bytes\n`);
}
