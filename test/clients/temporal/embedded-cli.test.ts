/** Where the Temporal CLI is found, what is refused, and that it is fetched once. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { buildCli } from '../../../clients/temporal/embedded/build-cli.js';
import {
  cachedCliPath,
  findTemporalCli,
  TemporalCliNotFound,
} from '../../../clients/temporal/embedded/index.js';

const VERSION_LINE = 'temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)';
const onProgress = () => {};

async function makeDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'relight-cli-'));
  context.after(() => rm(directory, { recursive: true, force: true, maxRetries: 9 }));
  return directory;
}

/** A stand-in that answers `--version` as the given line. */
async function writeCli(path: string, line = VERSION_LINE): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${line}'\n`);
  await chmod(path, 0o755);
  return path;
}

test('one error names all that was tried and what helps', async (context) => {
  const cacheDir = await makeDirectory(context);
  const search = findTemporalCli({ env: { PATH: '' }, onProgress, cacheDir, obtain: ['build'] });
  await assert.rejects(search, (error: Error) => {
    assert.ok(error instanceof TemporalCliNotFound);
    for (const part of [
      'RELIGHT_TEMPORAL_CLI: not set',
      '"temporal" on PATH: not found',
      `cache: nothing at ${cachedCliPath({ env: {}, cacheDir })}`,
      'build: "go" is not on PATH',
      'set TEMPORAL_ADDRESS',
      'install the Temporal CLI',
      'install Go',
    ]) {
      assert.ok(error.message.includes(part), `${part} is missing in:\n${error.message}`);
    }
    return true;
  });
});

test('takes the named one before the one on the path before the cached one', async (context) => {
  const cacheDir = await makeDirectory(context);
  const named = await writeCli(join(cacheDir, 'named', 'my-temporal'));
  const onPath = await writeCli(join(cacheDir, 'bin', 'temporal'));
  const cached = await writeCli(cachedCliPath({ env: {}, cacheDir }));
  const find = (env: Record<string, string>) => findTemporalCli({ env, onProgress, cacheDir });
  const PATH = `/nowhere:${dirname(onPath)}`;
  assert.equal(await find({ PATH, RELIGHT_TEMPORAL_CLI: named }), named);
  assert.equal(await find({ PATH }), onPath);
  assert.equal(await find({ PATH: '' }), cached);
});

test('passes over a CLI that is too old, and refuses one that was named', async (context) => {
  const cacheDir = await makeDirectory(context);
  const old = await writeCli(
    join(cacheDir, 'bin', 'temporal'),
    'temporal version 1 (Server 1.20.0',
  );
  const cached = await writeCli(cachedCliPath({ env: {}, cacheDir }));
  const find = (env: Record<string, string>) => findTemporalCli({ env, onProgress, cacheDir });
  assert.equal(await find({ PATH: dirname(old) }), cached);
  await assert.rejects(find({ PATH: '', RELIGHT_TEMPORAL_CLI: old }), /1\.28 or newer is needed/);
  await assert.rejects(find({ PATH: '', RELIGHT_TEMPORAL_CLI: '/nowhere' }), /does not run/);
});

test('downloads once for many at a time, into the cache and nowhere else', async (context) => {
  const { cacheDir, url, requests } = await serveArchive(context);
  const env = { PATH: '', RELIGHT_TEMPORAL_CLI_URL: url };
  const find = () => findTemporalCli({ env, onProgress, cacheDir, obtain: ['download'] });
  const expected = cachedCliPath({ env, cacheDir });
  assert.deepEqual(await Promise.all([find(), find(), find()]), [expected, expected, expected]);
  assert.equal(requests.length, 1);
  assert.deepEqual(await readdir(dirname(expected)), ['temporal']);
});

test('a download that fails is reported by host and status', async (context) => {
  const { cacheDir, url } = await serveArchive(context);
  const env = { PATH: '', RELIGHT_TEMPORAL_CLI_URL: `${url}/absent` };
  const search = findTemporalCli({ env, onProgress, cacheDir, obtain: ['download'] });
  await assert.rejects(search, /download: 127\.0\.0\.1:\d+ answered with status 404/);
});

async function serveArchive(context: TestContext) {
  const cacheDir = await makeDirectory(context);
  const source = await makeDirectory(context);
  await writeCli(join(source, 'temporal'));
  const archive = join(source, 'archive.tar.gz');
  await promisify(execFile)('tar', ['-czf', archive, '-C', source, 'temporal']);
  const bytes = await readFile(archive);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(request.url === '/cli' ? 200 : 404).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { cacheDir, requests, url: `http://127.0.0.1:${port}/cli` };
}

/**
 * A Go that says what the real one says, and makes a CLI. It waits, after each thing that it says,
 * until the test has seen it: for a file of that name in `directory`.
 */
async function writeGo(directory: string, failing: 'list' | 'build' | 'none') {
  const script = `#!/bin/sh
echo "$*" >>'${join(directory, 'calls')}'
seen() { while [ ! -e '${directory}'/"$1" ]; do sleep 0.02; done; }
[ "$1" = ${failing} ] && { echo 'go: no such host' >&2; exit 1; }
case $1 in
list)
  echo 'go: downloading example.com/a v1.0.0' >&2
  echo 'go: downloading example.com/b v1.0.0' >&2
  seen downloading
  echo fmt; echo example.com/a; echo github.com/temporalio/cli/cmd/temporal ;;
build)
  echo 'example.com/a' >&2
  seen compiling
  echo 'github.com/temporalio/cli/cmd/temporal' >&2
  seen linking
  printf '#!/bin/sh\\necho "${VERSION_LINE}"\\n' >temporal
  chmod +x temporal ;;
esac
`;
  await writeFile(join(directory, 'go'), script);
  await chmod(join(directory, 'go'), 0o755);
  return `${directory}:${process.env['PATH']}`;
}

test('a Go that may not be run is no folder that may not be written', async (context) => {
  const [cacheDir, goDir] = [await makeDirectory(context), await makeDirectory(context)];
  await writeFile(join(goDir, 'no-program'), '');
  await writeFile(join(goDir, 'go'), `#!${join(goDir, 'no-program')}\n`);
  await chmod(join(goDir, 'go'), 0o755);
  const search = findTemporalCli({ env: { PATH: goDir }, onProgress, cacheDir, obtain: ['build'] });
  await assert.rejects(search, (error: Error) => {
    assert.match(error.message, /build: spawn .*\/go EACCES/);
    assert.doesNotMatch(error.message, /cannot be written/);
    return true;
  });
});

test('a cache that is a file where a folder has to be is one that cannot be written', async (context) => {
  const folder = await makeDirectory(context);
  await writeFile(join(folder, 'file'), '');
  const target = join(folder, 'file', 'folder', 'temporal');
  const env = { PATH: await writeGo(folder, 'none') };
  await assert.rejects(buildCli({ env, target, onProgress }), /folder on .* cannot be written/);
});

test('while it is built, what is said to go on is what goes on', async (context) => {
  const [cacheDir, goDir] = [await makeDirectory(context), await makeDirectory(context)];
  const env = { PATH: await writeGo(goDir, 'none') };
  context.mock.timers.enable({ apis: ['setInterval'] });
  const target = join(cacheDir, 'temporal');
  let said = '';
  const building = buildCli({ env, target, onProgress: (line) => (said = line) });
  for (const [word, expected] of [
    ['downloading', /: downloading, 2 modules so far, \d+ s$/],
    ['compiling', /: compiling, 1 of at most 3 packages, \d+ s$/],
    ['linking', /: linking, \d+ s$/],
  ] as const) {
    while (!expected.test(said)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      context.mock.timers.tick(5_000);
    }
    await writeFile(join(goDir, word), '');
  }
  await building;
  assert.match((await promisify(execFile)(target, ['--version'])).stdout, /1\.8\.2/);
  const calls = (await readFile(join(goDir, 'calls'), 'utf8')).trim().split('\n');
  assert.match(calls.join('; '), /^list -mod=mod -deps \S+; build -v -mod=mod [^;]+$/);
  assert.deepEqual(await readdir(cacheDir), ['temporal']);
});

test('a build that fails is reported with the run and the last that Go said', async (context) => {
  for (const run of ['list', 'build'] as const) {
    const [cacheDir, goDir] = [await makeDirectory(context), await makeDirectory(context)];
    for (const word of ['downloading', 'compiling']) await writeFile(join(goDir, word), '');
    const env = { PATH: await writeGo(goDir, run) };
    await assert.rejects(
      buildCli({ env, onProgress, target: join(cacheDir, 'temporal') }),
      new RegExp(`go ${run} ended with 1: go: no such host`),
    );
    assert.deepEqual(await readdir(cacheDir), []);
  }
});
