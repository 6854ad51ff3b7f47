/** The Temporal CLI that Relight is tested with, where one may lie, and whether it will do. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand } from '../../host/run-command.js';

export const CLI_VERSION = 'v1.8.2';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a way of getting the CLI is given: it puts an executable at `target`, or throws. */
export interface ObtainRequest {
  env: Environment;
  onProgress: (line: string) => void;
  target: string;
}

/** Update-with-start, which every crash report uses, is generally available from here on. */
const MIN_SERVER: readonly [number, number] = [1, 28];

const VERSION_TIMEOUT_MS = 20_000;

/** Why the binary cannot be used, or `undefined` when it can. */
export async function refusalOf(path: string): Promise<string | undefined> {
  const outcome = await runCommand(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (!outcome.ok) return `does not run (${outcome.why})`;
  const output = outcome.stdout;
  const server = /\(Server (\d+)\.(\d+)/.exec(output);
  if (server === null) return `is not the Temporal CLI (--version says "${output.trim()}")`;
  const [major, minor] = [Number(server[1]), Number(server[2])];
  if (major > MIN_SERVER[0] || (major === MIN_SERVER[0] && minor >= MIN_SERVER[1]))
    return undefined;
  return `has server ${major}.${minor}, and ${MIN_SERVER.join('.')} or newer is needed`;
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0] ?? '';
}

export async function findOnPath(name: string, env: Environment): Promise<string | undefined> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, name);
    if (directory !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
