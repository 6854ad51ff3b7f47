/** A payload of a workflow as the server keeps it, opened by our codec: who stands for it is its mark. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { payloadConverter } from '../../../workflows/trust/converter.js';

export async function openPayload(
  { codec, namespace }: { codec: PayloadCodec; namespace: string },
  workflowId: string,
  payload: Payload,
): Promise<unknown> {
  const [open = payload] = await codec.decode([payload], {
    type: 'workflow',
    namespace,
    workflowId,
  });
  return payloadConverter.fromPayload(open);
}
