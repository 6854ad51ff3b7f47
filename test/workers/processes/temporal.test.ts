/** Servers that are not ours: one without our search attributes, and one that is not there. */
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { loadWorkflowBundle } from '../../../workers/processes/bundle.js';
import { loadConfig } from '../../../workers/config/load.js';
import {
  connectWorker,
  registerSearchAttributes,
} from '../../../workers/processes/worker-connection.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import { folderOf } from '../../clients/host/processes.js';
import { relight, writeConfig } from './parts.js';

test(
  'registers the search attributes on a server that is not ours',
  { timeout: 270_000 },
  async (t) => {
    const folder = folderOf(t);
    const cliPath = await findTemporalCli({ env: process.env, onProgress: () => undefined });
    const server = await startEmbeddedTemporal({
      dataDir: join(folder, 'elsewhere'),
      cliPath,
      ui: false,
      searchAttributes: {},
    });
    t.after(() => server.stop());
    const config = loadConfig(writeConfig(folder, { temporal: { address: server.address } }));
    const connection = await connectWorker(config);
    t.after(() => connection.close());
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => lines.push(line) });
    const present = async () => {
      const { operatorService } = connection;
      const answer = await operatorService.listSearchAttributes({ namespace: 'default' });
      return Object.keys(SEARCH_ATTRIBUTES).filter((name) => name in answer.customAttributes);
    };
    assert.deepEqual(await present(), []);
    await registerSearchAttributes(config, connection, logger);
    assert.deepEqual(await present(), Object.keys(SEARCH_ATTRIBUTES));
    await registerSearchAttributes(config, connection, logger);
    assert.deepEqual(lines, []);

    const stranger = { ...config, temporal: { ...config.temporal, namespace: 'not-ours' } };
    await registerSearchAttributes(stranger, connection, logger);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? '',
      /search-attribute create --namespace not-ours --name RelightEngine/,
    );
  },
);

test(
  'exit code 4 where Temporal does not answer, named or not',
  { timeout: 270_000 },
  async (t) => {
    const config = writeConfig(folderOf(t));
    const named = relight(t, ['status', '--config', config], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const embedded = relight(t, ['status', '--config', config]);
    assert.equal(await named.ended, 4);
    assert.match(
      named.seen.stderr,
      /^Temporal does not answer: no connection to 127\.0\.0\.1:1 .*\n$/,
    );
    assert.equal(await embedded.ended, 4);
    assert.match(embedded.seen.stderr, /^Temporal does not answer: none is named .*\n$/);
  },
);

test('the workflow bundle goes where it can be written', { timeout: 360_000 }, async (t) => {
  const own = join(folderOf(t), 'own');
  const nowhere = () => '/dev/null/nowhere'; // not writable for root either
  const first = await loadWorkflowBundle([nowhere, () => own]);
  assert.ok('codePath' in first && first.codePath.startsWith(own) && existsSync(first.codePath));
  const { mtimeMs } = statSync(first.codePath);
  assert.deepEqual(await loadWorkflowBundle([nowhere, () => own]), first);
  assert.equal(statSync(first.codePath).mtimeMs, mtimeMs);
});
