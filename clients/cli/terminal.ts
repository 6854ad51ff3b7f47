/** The person at the terminal, where there is one. */
import { createInterface } from 'node:readline/promises';

/** What is asked is seen, and the answer is typed: nothing is piped. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Anything but a yes is a no; so is the end of the input. */
export async function confirms(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([asking.question(`${question} [y/N] `), ended]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
