/**
 * `npm run histories -- NAME...`: runs these scenarios on a real server, all where none is named,
 * and writes each history to test/histories/<name>.json, for the replay test. Record again what is
 * there only when a change of the workflows is meant to break recoveries that are under way.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { countEvents, payloadBytes, type History } from './workflows/fakes/history.js';
import { SCENARIOS } from './workflows/fakes/scenarios.js';
import { openWorld } from './workflows/fakes/world.js';

const FOLDER = fileURLToPath(new URL('./histories/', import.meta.url));

/** What replay does not read; stack traces would name the folders of the machine. */
const LEFT_OUT = new Set(['stackTrace', 'workerVersion', 'identity', 'requestId', 'taskId']);

async function record(names: readonly string[]): Promise<Map<string, History>> {
  const world = await openWorld();
  const histories = new Map<string, History>();
  try {
    for (const { name, run } of SCENARIOS) {
      if (names.length > 0 && !names.includes(name)) continue;
      const workflowId = await run(world);
      histories.set(name, await world.client.workflow.getHandle(workflowId).fetchHistory());
    }
  } finally {
    await world.close();
  }
  return histories;
}

function slim(key: string, value: unknown): unknown {
  return LEFT_OUT.has(key) ? undefined : value;
}

const named = process.argv.slice(2);
const histories = await record(named);
if (named.length === 0) await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
for (const [name, history] of histories) {
  const { events } = JSON.parse(historyToJSON(history), slim) as { events: unknown[] };
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  await writeFile(`${FOLDER}${name}.json`, `{"events":[\n${lines}\n]}\n`);
  const { all } = countEvents(history);
  process.stdout.write(`${name}: ${all} events, ${payloadBytes(history)} bytes\n`);
}
