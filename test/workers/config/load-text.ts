/** The example configuration with a change, and what is said of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ConfigError } from '../../../workers/config/error.js';
import { loadConfig } from '../../../workers/config/load.js';

export const EXAMPLE_TEXT = readFileSync(
  new URL('../../../docs/example.relight.yaml', import.meta.url),
  'utf8',
);

/** A new one each time, to be changed. */
export function example(): Record<string, unknown> {
  return parse(EXAMPLE_TEXT) as Record<string, unknown>;
}

/** The lines of the refusal, without the file's name; none where it is accepted. */
export function refusal(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'relight-refused-'));
  const path = join(folder, 'relight.yaml');
  try {
    writeFileSync(path, text, { mode: 0o600 });
    loadConfig(path);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .replaceAll(path, 'FILE')
      .split('\n')
      .map((line) => line.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  }
}

/** With `value` at that place, whatever stood there. */
export function refusalWith(path: readonly (string | number)[], value: unknown): string[] {
  const data = example();
  let at = data as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as typeof at;
  at[path.at(-1) ?? ''] = value;
  return refusal(stringify(data, { aliasDuplicateObjects: false }));
}
