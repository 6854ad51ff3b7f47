/** `relight up` in a world of its own: a client of its Temporal, once its workers poll, and the end of its log. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectTemporal } from '../../../clients/temporal/connect.js';
import { findEmbeddedTemporal } from '../../../clients/temporal/embedded/index.js';
import { openMessages } from '../../../clients/temporal/messages/index.js';
import { pollersOf } from '../../../clients/temporal/pollers.js';
import { until } from '../../../sandbox/demo/processes.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';

export function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-5).join('\n') : '';
}

export async function clientOf(
  t: Pick<TestContext, 'after'>,
  { dataDir, host }: { dataDir: string; host: string },
) {
  const server = await until('the Temporal server answers', async () => {
    return (await findEmbeddedTemporal(join(dataDir, 'temporal'))) ?? null;
  });
  const client = await connectTemporal(
    { address: server.address, namespace: 'default', apiKey: null, tls: null },
    () =>
      openMessages(
        { folder: join(dataDir, 'keys', 'messages'), encryption: false },
        { role: 'operator', host: null },
      ),
  );
  t.after(() => client.connection.close());
  for (const name of [TASK_QUEUE, hostTaskQueue(host)]) {
    await until(`a worker polls ${name}`, async () => {
      const { connection } = client;
      const pollers = await pollersOf({ connection, namespace: 'default' }, name, 'activity');
      return pollers.length > 0 ? true : null;
    });
  }
  return client;
}
