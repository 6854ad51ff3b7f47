/** A real SMTP server that misbehaves as it is told. */
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { NO_FAULTS, type NextFault } from './faults.js';

interface Mail {
  to: string[];
  /** By lower-case name, unfolded. */
  headers: Map<string, string>;
  /** Everything, as it came. */
  raw: string;
}

export interface MailServer {
  port: number;
  mails: Mail[];
}

export const LOGIN = { user: 'relight', password: 'canary-password' };

export async function openMailServer(
  t: Pick<TestContext, 'after'>,
  nextFault: NextFault = NO_FAULTS,
  { login = false, refuses = (_mailbox: string): boolean => false } = {},
): Promise<MailServer> {
  const mails: Mail[] = [];
  const sockets = new Map<number, Socket>();
  const end = ({ remotePort }: { remotePort: number }) => void sockets.get(remotePort)?.destroy();
  const server = new SMTPServer({
    authOptional: !login,
    disabledCommands: login ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === LOGIN.user && password === LOGIN.password;
      done(isRight ? null : new Error('canary: wrong'), { user: username });
    },
    onRcptTo: ({ address }, _session, done) => {
      const why = Object.assign(new Error('canary: nobody'), { responseCode: 550 });
      done(refuses(address) ? why : null);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const headers = headersOf(raw);
        const fault = nextFault(headers.get('message-id') ?? '');
        if (fault === 'down') return end(session);
        if (fault === 'slow') return undefined;
        if (fault === 'refuses') {
          return done(Object.assign(new Error('canary: later'), { responseCode: 451 }));
        }
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), headers, raw });
        return fault === 'killed' ? end(session) : done();
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket) => {
    const { remotePort = 0 } = socket;
    sockets.set(remotePort, socket);
    socket.on('close', () => sockets.delete(remotePort));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  t.after(() => server.close());
  return { port: (server.server.address() as AddressInfo).port, mails };
}

function headersOf(raw: string): Map<string, string> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  return new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
