/**
 * Builds the Temporal CLI with Go, for machines that reach a module proxy but no download site.
 *
 * `go install …@v1.8.2` fails, as for every release since v1.6.0: its go.mod replaces a module by
 * a folder. A module of our own that requires the release and replaces that module by its
 * published version builds.
 *
 * Invariant: what is said to go on does go on. Downloading and compiling are two runs of Go, since
 * one run for both is silent for minutes behind its last download.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { writingIn } from '../../files/writing.js';
import { CLI_VERSION, findOnPath, type ObtainRequest } from './cli-binary.js';

const CLI_MODULE = 'github.com/temporalio/cli';
const CLI_EXTENSION_VERSION = 'v0.0.0-20260731000218-c579925f193f';
const PROGRAM = `${CLI_MODULE}/cmd/temporal`;
const PROGRESS_INTERVAL_MS = 5_000;
const BUILD_TIMEOUT_MS = 25 * 60_000;

const GO_MOD = `module relight.local/temporal-cli

go 1.26.4

require ${CLI_MODULE} ${CLI_VERSION}

replace ${CLI_MODULE}/cliext => ${CLI_MODULE}/cliext ${CLI_EXTENSION_VERSION}
`;

/** Without an import that needs it, the requirement would be dropped. */
const MAIN_GO = `package tools

import _ "${PROGRAM}"
`;

/** Names every package of the program, for which Go fetches every module; compiles nothing. */
const GO_LIST = ['list', '-mod=mod', '-deps', PROGRAM];
/** `-v` names each package when it is compiled; the program's own is the last. */
const GO_BUILD = [
  ['build', '-v', '-mod=mod', '-buildvcs=false', '-trimpath', '-ldflags=-s -w'],
  ['-o', 'temporal', PROGRAM],
].flat();

export async function buildCli({ env, onProgress, target }: ObtainRequest): Promise<void> {
  const go = await findOnPath('go', env);
  if (go === undefined) throw new Error('"go" is not on PATH');
  const folder = dirname(target);
  await writingIn(folder, mkdir(folder, { recursive: true }));
  const directory = await writingIn(folder, mkdtemp(join(folder, 'build-')));
  const deadlineMs = performance.now() + BUILD_TIMEOUT_MS;
  try {
    await writingIn(folder, writeModule(directory));
    const packages = await downloadModules({ go, directory, env, onProgress, deadlineMs });
    await compile({ go, directory, env, onProgress, deadlineMs }, packages);
    await writingIn(folder, rename(join(directory, 'temporal'), target));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeModule(directory: string): Promise<void> {
  await writeFile(join(directory, 'go.mod'), GO_MOD);
  await writeFile(join(directory, 'main.go'), MAIN_GO);
}

interface Go extends Pick<ObtainRequest, 'env' | 'onProgress'> {
  go: string;
  directory: string;
  deadlineMs: number;
}

/** Gives how many packages there are to compile. */
async function downloadModules(go: Go): Promise<number> {
  const doing = (talk: readonly string[]) => {
    const modules = talk.filter((line) => line.startsWith('go: downloading ')).length;
    return `downloading, ${modules} modules so far`;
  };
  return (await runGo(go, GO_LIST, doing)).length;
}

/** "At most", since Go does not compile again what is in its cache. */
async function compile(go: Go, packages: number): Promise<void> {
  await runGo(go, GO_BUILD, (talk) => {
    if (talk.includes(PROGRAM)) return 'linking';
    const done = talk.filter((line) => !line.startsWith('go: ')).length;
    return `compiling, ${done} of at most ${packages} packages`;
  });
}

/** Gives the lines of stdout. `doing` words what goes on, from the lines of stderr so far. */
async function runGo(
  { go, directory, env, onProgress, deadlineMs }: Go,
  args: readonly string[],
  doing: (talk: readonly string[]) => string,
): Promise<string[]> {
  const startMs = performance.now();
  const child = spawn(go, args, {
    cwd: directory,
    // A workspace or flags of the user's would change what is built.
    env: { ...env, GOWORK: 'off', GOFLAGS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // One of spawn's own would outlive a Go that cannot be run, and keep the program from ending.
  const late = setTimeout(() => child.kill(), Math.max(1, Math.ceil(deadlineMs - startMs)));
  const lines: string[] = [];
  const talk: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => talk.push(line));
  const report = () => {
    const seconds = Math.round((performance.now() - startMs) / 1000);
    onProgress(
      `Building the Temporal CLI with Go, once, about 4 min: ${doing(talk)}, ${seconds} s`,
    );
  };
  report();
  const timer = setInterval(report, PROGRESS_INTERVAL_MS);
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
    });
    if (code !== 0) throw new Error(`go ${args[0]} ended with ${code}: ${talk.at(-1) ?? ''}`);
    return lines;
  } finally {
    clearInterval(timer);
    clearTimeout(late);
  }
}
