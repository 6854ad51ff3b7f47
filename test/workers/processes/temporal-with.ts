/** Temporal's server for a test, and its program with flags of a test, as a program of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import { folderOf } from '../../clients/host/processes.js';

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

/** Its address; it ends with the test. */
export async function openServer(t: Pick<TestContext, 'after'>): Promise<string> {
  const server = await startEmbeddedTemporal({
    dataDir: folderOf(t),
    cliPath: await findTemporalCli({ env: process.env, onProgress: () => undefined }),
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  t.after(() => server.stop());
  return server.address;
}
