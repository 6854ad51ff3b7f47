/** The codec server as a process: until a signal, and with words on how it is asked. */
import { once } from 'node:events';
import { print, say } from '../../clients/cli/output.js';
import { findEmbeddedTemporal } from '../../clients/temporal/embedded/find-server.js';
import { composeCodecServer } from '../compose/messages.js';
import type { Config } from '../config/schema.js';
import { ConfigError } from '../config/error.js';
import { embeddedFolder } from './temporal-client.js';

export async function runCodec(
  config: Config,
  { port, ui }: { port: number; ui: string | null },
): Promise<void> {
  const uiOrigin = ui ?? (await embeddedPage(config));
  const server = await composeCodecServer(config, { port, uiOrigin }).catch((error: unknown) => {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw taken ? new ConfigError(`port ${port} is taken: name another with --port`) : error;
  });
  try {
    print(server.url);
    say(
      `TOKEN is what ${server.tokenFile} holds.\n` +
        `temporal ... --codec-endpoint ${server.url} --codec-auth "Bearer TOKEN"\n` +
        (uiOrigin === null
          ? 'No page may ask: name one with --ui.'
          : `Page ${uiOrigin}: codec endpoint ${server.url}/TOKEN`),
    );
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  } finally {
    await server.close();
  }
}

async function embeddedPage(config: Config): Promise<string | null> {
  if (config.temporal.address !== null) return null;
  const uiUrl = (await findEmbeddedTemporal(embeddedFolder(config)))?.uiUrl;
  return uiUrl === undefined ? null : new URL(uiUrl).origin;
}
