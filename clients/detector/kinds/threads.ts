/** `threads`: that a thread of the engine, known by its name, goes on running. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { pattern } from './values.js';

/** Of the kernel, without its end. */
const LONGEST_NAME = 15;

const ThreadsSettings = z.strictObject({
  kind: z.literal('threads'),
  thread: pattern('^trading$')
    .refine((text) => !isTooLong(text), {
      error: `is longer than a thread's name, of which the kernel keeps ${LONGEST_NAME} bytes: write its beginning`,
    })
    .describe(`regular expression that the thread's name fits, of ${LONGEST_NAME} bytes at most`),
  stillMs: z
    .number()
    .int()
    .min(1_000)
    .max(3_600_000)
    .describe('a thread of that name that has not run at all for so long hangs'),
});

/** As far as that can be told: a pattern that is a name and nothing else. */
function isTooLong(text: string): boolean {
  const name = /^\^?([\w -]+)\$?$/.exec(text)?.[1] ?? '';
  return Buffer.byteLength(name) > LONGEST_NAME;
}

export const threadsKind = defineKind({ kind: 'threads', Settings: ThreadsSettings });
