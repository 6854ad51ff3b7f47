/** `relight up`, `worker`, `agent` and `codec`: what runs until a signal. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Services } from '../operations.js';

const CODEC_PORT = 8_234;

/** Makes the services, and runs one of them until it ends. */
export type WithServices = (run: (services: Services) => Promise<void>) => Promise<void>;

export function addServices(program: Command, withServices: WithServices): void {
  program
    .command('up')
    .description('run everything on this machine: Temporal, worker, agent; restarts what dies')
    .option('--no-ui', 'leave out the page of the embedded Temporal server, which can write')
    .action(({ ui }: { ui: boolean }) => withServices((services) => services.up({ ui })));
  program
    .command('worker')
    .description('run a worker: workflows, exchanges, risk, market, reports')
    .action(() => withServices((services) => services.worker()));
  program
    .command('agent')
    .description('run the agent of this host: detector, forensics, process control')
    .action(() => withServices((services) => services.agent()));
  program
    .command('codec')
    .description("decrypt what Temporal's page and command line show; messages.encryption")
    .option('--port <port>', 'where it listens on 127.0.0.1', portOf, CODEC_PORT)
    .option(
      '--ui <origin>',
      'the page that may ask (default: that of the embedded server)',
      originOf,
    )
    .action(({ port, ui }: { port: number; ui?: string }) =>
      withServices((services) => services.codec({ port, ui: ui ?? null })),
    );
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 1 to 65535.');
}

/** As a browser tells it: scheme, name and port, and nothing after them. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    [url.origin, `${url.origin}/`].includes(text)
  ) {
    return url.origin;
  }
  throw new InvalidArgumentError('an origin is written as http://127.0.0.1:8233.');
}
