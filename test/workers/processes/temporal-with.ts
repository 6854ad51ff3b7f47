/** Temporal's program with flags of a test, as a program of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTemporalCli } from '../../../clients/temporal/embedded/index.js';

/** In dynamic configuration, as a server that is not ours may be set up. */
export function setting(name: string, value: string): string {
  return `--dynamic-config-value '${name}=${value}'`;
}

/** Its path; `flags` are as a shell reads them. */
export async function temporalWith(folder: string, flags: readonly string[]): Promise<string> {
  const cli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  if (flags.length === 0) return cli;
  const path = join(folder, 'temporal-with');
  writeFileSync(path, `#!/bin/sh\nexec '${cli}' "$@" ${flags.join(' ')}\n`, { mode: 0o755 });
  return path;
}
