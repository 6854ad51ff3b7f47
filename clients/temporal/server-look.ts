/**
 * What a recovery needs of a server beside its answer: the namespace, our search attributes, somebody at work.
 *
 * Invariant: every question has its own deadline, and none changes anything.
 */
import type { Connection } from '@temporalio/client';
import type { TemporalSettings } from './connect.js';
import { openConnection } from './connect.js';
import { findMissing, type SearchAttributes } from './embedded/search-attributes.js';
import { pollersOf, type Poller } from './pollers.js';

const WAIT_MS = 5_000;
/** gRPC. */
const NOT_FOUND = 5;

export interface ServerLook {
  hasNamespace(): Promise<boolean>;
  /** Names of those that are not there. Fails with a SearchAttributeMismatch. */
  lacking(attributes: SearchAttributes): Promise<string[]>;
  pollersOf(taskQueue: string, type: 'workflow' | 'activity'): Promise<Poller[]>;
  close(): Promise<void>;
}

/** Fails with a TemporalUnreachable. */
export async function lookAtServer(settings: TemporalSettings): Promise<ServerLook> {
  const { namespace } = settings;
  const connection = await openConnection(settings);
  const soon = async <T>(ask: () => Promise<T>) =>
    connection.withDeadline(Date.now() + WAIT_MS, ask);
  return {
    hasNamespace: async () => soon(() => isThere(connection, namespace)),
    lacking: async (attributes) => {
      const missing = await soon(() => findMissing(connection, namespace, attributes));
      return missing.map(([name]) => name);
    },
    pollersOf: async (queue, type) => soon(() => pollersOf({ connection, namespace }, queue, type)),
    close: () => connection.close(),
  };
}

async function isThere(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === NOT_FOUND) return false;
    throw error;
  }
}
