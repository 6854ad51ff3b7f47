/** Whether questions stand in the words of now: what people have signed in others stays as it was. */
import { patched } from '@temporalio/workflow';

export function asksInPlainWords(): boolean {
  return patched('questions-in-plain-words');
}
