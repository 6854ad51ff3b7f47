/** Ready means that the server has answered for our namespace, not that a port is open. */
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { firstLine } from './cli-binary.js';
import { LOG_START_MARK } from './launch.js';
import { listensOn } from './ports.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';
import { ensureSearchAttributes, type SearchAttributes } from './search-attributes.js';

interface ReadyRequest {
  address: string;
  namespace: string;
  searchAttributes: SearchAttributes;
  server: ProcessIdentity;
  timeoutMs: number;
  logPath: string;
}

/** Returns when the server serves the namespace with all attributes; bounded by `timeoutMs`. */
export async function waitUntilReady(request: ReadyRequest): Promise<void> {
  const deadlineMs = performance.now() + request.timeoutMs;
  for (;;) {
    const problem = await probe(request);
    if (problem === undefined) return;
    const alive = await isAlive(request.server);
    if (alive && performance.now() < deadlineMs) {
      await delay(25);
      continue;
    }
    const what = alive
      ? `did not answer within ${request.timeoutMs} ms (${problem})`
      : 'ended while it was starting';
    throw new Error(
      `The Temporal server (pid ${request.server.pid}) at ${request.address} ${what}. ` +
        `The end of ${request.logPath}:\n${await readLogEnd(request.logPath)}`,
    );
  }
}

async function probe(request: ReadyRequest): Promise<string | undefined> {
  const { address, namespace, searchAttributes } = request;
  // A channel that is refused once backs off for a second, and the server needs less.
  const port = Number(address.split(':')[1]);
  if (!(await listensOn(request.server.pid, port))) return 'it does not listen there';
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    const { workflowService } = connection;
    await connection.withDeadline(Date.now() + 2_000, async () => {
      await workflowService.describeNamespace({ namespace });
    });
    await ensureSearchAttributes(connection, namespace, searchAttributes);
    return undefined;
  } catch (error) {
    return firstLine(error);
  } finally {
    await connection?.close();
  }
}

const LOG_END_BYTES = 4_096;

async function readLogEnd(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - LOG_END_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LOG_END_BYTES), 0, null, start);
      const text = buffer.toString('utf8', 0, bytesRead).trim();
      return text
        .slice(Math.max(0, text.lastIndexOf(LOG_START_MARK)))
        .split('\n')
        .slice(-12)
        .join('\n');
    } finally {
      await file.close();
    }
  } catch (error) {
    return `(${firstLine(error)})`;
  }
}
