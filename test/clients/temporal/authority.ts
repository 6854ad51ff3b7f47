/** A certificate authority of the test, made by openssl, and what it signs. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';

/** In the certificate of the server, which listens on 127.0.0.1. */
export const SERVER_NAME = 'temporal.test';

export interface Pair {
  cert: string;
  key: string;
}

export interface Authority {
  ca: string;
  sign(name: string, options?: { days?: number }): Pair;
}

export function makeAuthority(folder: string, name: string): Authority {
  const at = (file: string) => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [ca, caKey] = [at('ca.pem'), at('ca.key')];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    caKey,
    '-out',
    ca,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  );
  return {
    ca,
    sign(subject, { days = 2 } = {}) {
      const [cert, key, request, names] = ['pem', 'key', 'csr', 'ext'].map((end) =>
        at(`${subject}.${end}`),
      ) as [string, string, string, string];
      writeFileSync(names, `subjectAltName=DNS:${subject}\n`);
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${subject}`);
      const signing = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', String(days)];
      openssl('x509', '-req', '-in', request, ...signing, '-extfile', names, '-out', cert);
      return { cert, key };
    },
  };
}

export interface ProxySettings {
  target: string;
  server: Pair;
  /** Where given, who comes needs a certificate of it. */
  clientCa?: string;
  /** Bytes that came in, in the clear. */
  onData?: (text: string) => void;
}

/** TLS before a server that has none, as a gateway is; gives its address. */
export async function openTlsProxy(
  t: Pick<TestContext, 'after'>,
  settings: ProxySettings,
): Promise<string> {
  const { target, server, clientCa, onData } = settings;
  const [host, port] = target.split(':');
  const proxy = createServer(
    {
      cert: readFileSync(server.cert),
      key: readFileSync(server.key),
      ALPNProtocols: ['h2'],
      ...(clientCa === undefined
        ? {}
        : { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: true }),
    },
    (socket) => {
      const upstream = connect({ host: host ?? '', port: Number(port) });
      if (onData !== undefined) socket.on('data', (data) => onData(data.toString('latin1')));
      socket.pipe(upstream).pipe(socket);
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    },
  );
  const open = new Set<{ destroy(): unknown }>();
  proxy.on('connection', (socket) => open.add(socket));
  proxy.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    proxy.close();
    for (const socket of open) socket.destroy();
  });
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
