/** The heartbeat record names the process that writes it, by pid and start ticks, with its epoch. */
import { decodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import { startOfLiving } from '../../host/process-table.js';
import { keepFinding, NOBODY, type Finder, type Finding } from './finding.js';
import { createFoundRight, readNamedFile, whyNotNamed, type Known } from './named-file.js';
import { defineSource } from './source.js';

const OFTEN = { everyMs: 250, watchedEveryMs: 1_000 };

export const heartbeatSource = defineSource('heartbeat', async ({ file }, watch, of) =>
  keepFinding(inHeartbeat(file), watch, of),
);

export function inHeartbeat(file: string): Finder {
  const foundRight = createFoundRight();
  return { by: 'heartbeat', ...OFTEN, find: (watched) => find(file, { watched, foundRight }) };
}

/** The record of one that is gone stays until the next one writes its own. */
async function find(path: string, { watched, foundRight }: Known): Promise<Finding> {
  const file = await readNamedFile(path);
  if (file === null) return NOBODY;
  if (typeof file === 'string') return { kind: 'doubt', why: file };
  const record = decodeHeartbeat(file.bytes);
  if (record === null || record.pid < 1) return NOBODY; // torn: the next look reads it whole
  const { pid, startTicks, epoch } = record;
  const found = { kind: 'process', pid, startTicks, epoch } as const;
  const of = [file.uid, file.mode];
  if (foundRight.is(watched, record, of)) return found;
  if ((await startOfLiving(pid)) !== startTicks) return NOBODY;
  const why = await whyNotNamed(path, file, pid);
  if (why !== null) return { kind: 'doubt', why };
  foundRight.note(record, of);
  return found;
}
