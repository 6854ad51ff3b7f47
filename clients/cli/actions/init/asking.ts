/**
 * Each answer comes from its flag, from the person at the terminal, or from its default; one that has none of them
 * is named with its flag.
 */
import { createInterface } from 'node:readline';
import { isInteractive } from '../../terminal.js';
import { UsageError } from '../../usage-error.js';

interface Question {
  flag: string;
  /** Of the command line; undefined where it was not given. */
  given: string | undefined;
  text: string;
  /** Null: there is none, and somebody has to say. */
  otherwise: string | null;
  /** A secret may have been typed in its place: it is not told again. */
  mayBeSecret?: boolean;
  /** Why an answer cannot be, in words; null where it can. */
  refuses?: (answer: string) => string | null;
}

export interface Asking {
  answer(question: Question): Promise<string>;
  /** Whether somebody types. */
  isTyped: boolean;
  close(): void;
}

/** `yes`: nobody is asked, and defaults are taken. */
export function openAsking({ yes }: { yes: boolean }): Asking {
  const isTyped = !yes && isInteractive();
  const lines = isTyped ? typedLines() : null;
  return {
    isTyped,
    answer: async (question) => {
      const { given, otherwise, flag } = question;
      if (given !== undefined) return checked(given, question);
      if (lines !== null) return typed(lines, question);
      if (otherwise === null) throw new UsageError(`${flag} is missing: ${question.text}`);
      return checked(otherwise, question);
    },
    close: () => lines?.close(),
  };
}

function checked(answer: string, { flag, refuses, mayBeSecret }: Question): string {
  const why = refuses?.(answer) ?? null;
  const told = mayBeSecret === true ? '' : ` "${answer}"`;
  if (why !== null) throw new UsageError(`${flag}${told}: ${why}`);
  return answer;
}

interface TypedLines {
  /** Null at the end of the input. */
  next(prompt: string): Promise<string | null>;
  close(): void;
}

/** What is typed or pasted ahead waits for its question. */
function typedLines(): TypedLines {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    next: async (prompt) => {
      lines.setPrompt(prompt);
      lines.prompt();
      const { value, done } = await iterator.next();
      return done === true ? null : value;
    },
    close: () => lines.close(),
  };
}

/** Again until it can be; the end of the input ends the command. */
async function typed(lines: TypedLines, question: Question): Promise<string> {
  const { text, otherwise, flag, refuses = () => null } = question;
  const shown = otherwise === null ? '' : ` [${otherwise === '' ? 'none' : otherwise}]`;
  for (;;) {
    const told = await lines.next(`${text}${shown}: `);
    if (told === null) throw new UsageError(`nobody answered: ${text} (${flag})`);
    const answer = told.trim() === '' ? otherwise : told.trim();
    if (answer === null) {
      process.stderr.write(`  somebody has to say this one (${flag} on the command line)\n`);
      continue;
    }
    const why = refuses(answer);
    if (why === null) return answer;
    process.stderr.write(`  ${why}\n`);
  }
}
