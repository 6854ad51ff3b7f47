/** Who asks the server for the work of a queue, as it remembers them for some minutes. */
import type { ConnectionLike } from '@temporalio/client';

/** `temporal.api.enums.v1.TaskQueueType`: the SDK publishes its type but not its values. */
const QUEUE_TYPES = { workflow: 1, activity: 2 } as const;

/** As the server tells it; the time is the server's. */
export interface Poller {
  identity: string;
  atMs: number;
}

interface Server {
  connection: Pick<ConnectionLike, 'workflowService'>;
  namespace: string;
}

export async function pollersOf(
  { connection, namespace }: Server,
  taskQueue: string,
  type: keyof typeof QUEUE_TYPES,
): Promise<Poller[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in a package of the SDK's own
    taskQueueType: QUEUE_TYPES[type],
  });
  return (pollers ?? []).map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    atMs: Number(lastAccessTime?.seconds ?? 0) * 1_000 + (lastAccessTime?.nanos ?? 0) / 1e6,
  }));
}
