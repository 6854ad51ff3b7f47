/** The person at the terminal, where there is one. */
import { createInterface } from 'node:readline/promises';

/** What is asked is seen, and the answer is typed: nothing is piped. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Anything but a yes is a no; so is the end of the input. */
export async function confirms(question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test(await typedLine(`${question} [y/N] `));
}

/** What was typed; empty at the end of the input. */
export async function typedLine(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
  try {
    return (await Promise.race([asking.question(question), ended])).trim();
  } finally {
    asking.close();
  }
}
