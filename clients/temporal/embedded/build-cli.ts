/**
 * Builds the Temporal CLI with Go, for machines that reach a module proxy but no download site.
 *
 * `go install …@v1.8.2` fails, as for every release since v1.6.0: its go.mod replaces a module by
 * a folder. A module of our own that requires the release and replaces that module by its
 * published version builds.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CLI_VERSION, findOnPath, type ObtainRequest } from './cli-binary.js';

const CLI_MODULE = 'github.com/temporalio/cli';
const CLI_EXTENSION_VERSION = 'v0.0.0-20260731000218-c579925f193f';
const PROGRESS_INTERVAL_MS = 5_000;
const BUILD_TIMEOUT_MS = 25 * 60_000;

const GO_MOD = `module relight.local/temporal-cli

go 1.26.4

require ${CLI_MODULE} ${CLI_VERSION}

replace ${CLI_MODULE}/cliext => ${CLI_MODULE}/cliext ${CLI_EXTENSION_VERSION}
`;

/** Without an import that needs it, the requirement would be dropped. */
const MAIN_GO = `package tools

import _ "${CLI_MODULE}/cmd/temporal"
`;

const GO_BUILD = [
  ['build', '-mod=mod', '-buildvcs=false', '-trimpath', '-ldflags=-s -w'],
  ['-o', 'temporal', `${CLI_MODULE}/cmd/temporal`],
].flat();

export async function buildCli({ env, onProgress, target }: ObtainRequest): Promise<void> {
  const go = await findOnPath('go', env);
  if (go === undefined) throw new Error('"go" is not on PATH');
  await mkdir(dirname(target), { recursive: true });
  const directory = await mkdtemp(join(dirname(target), 'build-'));
  try {
    await writeFile(join(directory, 'go.mod'), GO_MOD);
    await writeFile(join(directory, 'main.go'), MAIN_GO);
    await runGo({ go, directory, env, onProgress });
    await rename(join(directory, 'temporal'), target);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface GoRun extends Pick<ObtainRequest, 'env' | 'onProgress'> {
  go: string;
  directory: string;
}

async function runGo({ go, directory, env, onProgress }: GoRun): Promise<void> {
  const startMs = Date.now();
  const child = spawn(go, GO_BUILD, {
    cwd: directory,
    // A workspace or flags of the user's would change what is built.
    env: { ...env, GOWORK: 'off', GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_TIMEOUT_MS,
  });
  let lastLine = 'starting';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastLine = text.trim().split('\n').at(-1) ?? lastLine;
  });
  const report = () => {
    const seconds = Math.round((Date.now() - startMs) / 1000);
    onProgress(`Building the Temporal CLI with Go, once, about 4 min: ${seconds} s (${lastLine})`);
  };
  report();
  const timer = setInterval(report, PROGRESS_INTERVAL_MS);
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
    });
    if (code !== 0) throw new Error(`go build ended with ${code}: ${lastLine}`);
  } finally {
    clearInterval(timer);
  }
}
