/** The bundle of workflows holds nothing that has side effects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const FORBIDDEN = ['pino', 'ccxt', 'fastify', 'pdfkit', '@temporalio/client', '@temporalio/worker'];

/** The packages whose code a bundle holds, by the folders that the bundler names in it. */
async function bundlePackages(workflows: string): Promise<Set<string>> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(workflows, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const folders = code.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g);
  return new Set([...folders].map(([, name]) => name ?? ''));
}

test('the workflows bundle, and nothing in the bundle has side effects', async () => {
  const packages = await bundlePackages('../../workflows/index.ts');
  assert.ok(packages.has('@temporalio/workflow'), 'the bundle no longer names its packages');
  assert.deepEqual(
    FORBIDDEN.filter((name) => packages.has(name)),
    [],
  );
});

test('a package that slips in by its browser build is found', async () => {
  assert.ok((await bundlePackages('./fixtures/logs-with-pino.ts')).has('pino'));
});
