/** Fetches the release archive that Temporal publishes for this platform. */
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writingIn } from '../../files/writing.js';
import { runCommand } from '../../host/run-command.js';
import { CLI_VERSION, type Environment, type ObtainRequest } from './cli-binary.js';

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const UNPACK_TIMEOUT_MS = 2 * 60_000;

export async function downloadCli({ env, onProgress, target }: ObtainRequest): Promise<void> {
  // Beside the target, so that the rename stays within one file system.
  const folder = dirname(target);
  const directory = await writingIn(folder, mkdtemp(join(folder, 'download-')));
  try {
    const archive = join(directory, 'archive.tar.gz');
    await fetchTo(archive, urlFor(env), onProgress);
    const unpack = ['-xzf', archive, '-C', directory, 'temporal'];
    const unpacked = await runCommand('tar', unpack, { timeoutMs: UNPACK_TIMEOUT_MS });
    if (!unpacked.ok) throw new Error(unpacked.why);
    await writingIn(folder, moveTo(target, join(directory, 'temporal')));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function moveTo(target: string, unpacked: string): Promise<void> {
  await chmod(unpacked, 0o755);
  await rename(unpacked, target);
}

function urlFor(env: Environment): string {
  const mirror = env['RELIGHT_TEMPORAL_CLI_URL'];
  if (mirror !== undefined && mirror !== '') return mirror;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const query = `platform=${process.platform}&arch=${arch}`;
  return `https://temporal.download/cli/archive/${CLI_VERSION}?${query}`;
}

async function fetchTo(path: string, url: string, onProgress: ObtainRequest['onProgress']) {
  const signal = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  const { host } = new URL(url);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new Error(`cannot reach ${host} (${causeOf(error)})`, { cause: error });
  });
  if (!response.ok || response.body === null) {
    throw new Error(`${host} answered with status ${response.status}`);
  }
  onProgress(`Downloading the Temporal CLI ${CLI_VERSION} from ${host}.`);
  const written = pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal });
  await writingIn(dirname(path), written);
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
