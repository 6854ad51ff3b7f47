/** Whether questions stand in the words of now: what people have signed in others stays as it was. */
import { patched } from '@temporalio/workflow';

export function asksInPlainWords(): boolean {
  return patched('questions-in-plain-words');
}

/** Whose process is gone, by which book it is compared, who has accepted what, and commands that are whole. */
export function namesEachFact(): boolean {
  return patched('questions-name-each-fact');
}
