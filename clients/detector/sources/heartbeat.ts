/** The heartbeat record names the process that writes it, by pid and start ticks, with its epoch. */
import { decodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import { startOfLiving } from '../../host/process-table.js';
import { keepFinding, NOBODY, type Finder, type Finding } from './finding.js';
import { readNamedFile, whyNotNamed } from './named-file.js';
import { defineSource } from './source.js';

const OFTEN = { everyMs: 250, watchedEveryMs: 1_000 };

export const heartbeatSource = defineSource('heartbeat', async ({ file }, watch, of) =>
  keepFinding(inHeartbeat(file), watch, of),
);

export function inHeartbeat(file: string): Finder {
  return { by: 'heartbeat', ...OFTEN, find: () => find(file) };
}

/** The record of one that is gone stays until the next one writes its own. */
async function find(path: string): Promise<Finding> {
  const file = await readNamedFile(path);
  if (file === null) return NOBODY;
  if (typeof file === 'string') return { kind: 'doubt', why: file };
  const record = decodeHeartbeat(file.bytes);
  if (record === null || record.pid < 1) return NOBODY; // torn: the next look reads it whole
  const { pid, startTicks, epoch } = record;
  if ((await startOfLiving(pid)) !== startTicks) return NOBODY;
  const why = await whyNotNamed(path, file, pid);
  return why === null ? { kind: 'process', pid, startTicks, epoch } : { kind: 'doubt', why };
}
