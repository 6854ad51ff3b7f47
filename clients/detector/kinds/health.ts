/** `health`: the engine's own health, asked over HTTP. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Match } from './naming.js';
import { period } from './values.js';

const LONGEST_URL = 2_048;

export const HealthSettings = z.strictObject({
  kind: z.literal('health'),
  url: z
    .string()
    .max(LONGEST_URL)
    .refine(isPlainUrl, { error: 'must be a URL of http or https, without user and password' })
    .describe('what answers 2xx as long as the engine is well'),
  match: Match.optional(),
  everyMs: period({ least: 100, usual: 1_000 }).describe('how often it is asked'),
  timeoutMs: z.number().int().min(50).max(60_000).default(2_000).describe('for one answer'),
  fails: z.number().int().min(2).max(100).default(3).describe('bad answers in a row: hung'),
});

export const healthKind = defineKind({
  kind: 'health',
  Settings: HealthSettings,
  names: ({ match }) => match !== undefined,
});

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
