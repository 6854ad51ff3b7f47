/** Which recoveries have begun, by the word of a server of the test's own. */
import type { TestContext } from 'node:test';
import { Client, Connection } from '@temporalio/client';

/** False where there is none. */
export async function recoveriesOf(
  { workflow }: Client,
  engineId: string,
): Promise<string[] | false> {
  const ids: string[] = [];
  for await (const { workflowId, type } of workflow.list()) {
    if (type === 'recoverEngine' && workflowId.includes(`/${engineId}/`)) ids.push(workflowId);
  }
  return ids.length > 0 && ids;
}

export async function connect(t: TestContext, address: string): Promise<Client> {
  const connection = await Connection.connect({ address });
  t.after(() => connection.close());
  return new Client({ connection });
}
