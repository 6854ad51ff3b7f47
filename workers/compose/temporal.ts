/**
 * How the configured Temporal server is reached: certificates read and checked, the API key as it is
 * now.
 *
 * Invariant: what is wrong with a file is said of that file, before a handshake fails for it.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { TemporalSettings } from '../../clients/temporal/connect.js';
import type { Tls } from '../../clients/temporal/transport.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

const KEY_FOR_MS = 10_000;
const LARGEST_FILE = 1024 * 1024;

type TlsSetting = Config['temporal']['tls'];

/** Of a server that is named; an embedded one is on this machine, in the clear. */
export function composeTemporal(config: Config, address: string): TemporalSettings {
  const { namespace, tls, apiKey } = config.temporal;
  const key = apiKey === null ? null : renewed(() => resolveSecret('temporal.apiKey', apiKey));
  return { address, namespace, tls: tlsOf(tls), apiKey: key };
}

/** Read again after a while; one that cannot be read now leaves the last that could. */
export function renewed(read: () => string, nowMs: () => number = Date.now): () => string {
  let value = read();
  let readAtMs = nowMs();
  return () => {
    if (nowMs() - readAtMs < KEY_FOR_MS) return value;
    readAtMs = nowMs();
    try {
      value = read();
    } catch {
      // It is being replaced, or gone: the server will say whether the old one still counts.
    }
    return value;
  };
}

function tlsOf(setting: TlsSetting): Tls | null {
  if (setting === false) return null;
  if (setting === true) return { ca: null, client: null, serverName: null };
  const { ca, cert, key, serverName } = setting;
  return {
    ca: ca === null ? null : certificateIn('temporal.tls.ca', ca).pem,
    client: cert === null || key === null ? null : clientOf(cert, key),
    serverName,
  };
}

function clientOf(cert: string, key: NonNullable<Exclude<TlsSetting, boolean>['key']>) {
  const { pem, certificate } = certificateIn('temporal.tls.cert', cert);
  const field = 'temporal.tls.key';
  const content = typeof key === 'string' ? contentOf(field, key) : resolveSecret(field, key);
  const own = privateKeyIn(field, content);
  if (!certificate.checkPrivateKey(own)) {
    throw new ConfigError(`${field} is not the key of temporal.tls.cert (${cert}): name its own.`);
  }
  return { certificate: pem, key: Buffer.from(content) };
}

/** The first of the file, which is the one that is shown. */
function certificateIn(field: string, path: string) {
  const pem = contentOf(field, path);
  const certificate = parsedOr(field, `${path} holds no PEM certificate`, () => {
    return new X509Certificate(pem);
  });
  const { validTo } = certificate;
  if (Date.parse(validTo) < Date.now()) {
    throw new ConfigError(`${field}: the certificate in ${path} expired on ${validTo}: renew it.`);
  }
  return { pem, certificate };
}

function privateKeyIn(field: string, content: string | Buffer) {
  const fault = 'holds no PEM private key without a passphrase';
  return parsedOr(field, fault, () => createPrivateKey(content));
}

/** Never with the error's own text, which may quote the file. */
function parsedOr<T>(field: string, fault: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new ConfigError(`${field}: ${fault}.`);
  }
}

function contentOf(field: string, path: string): Buffer {
  try {
    // Nobody waits for a pipe, and no device has an end.
    const isPlain = statSync(path).isFile();
    if (!isPlain) throw new ConfigError(`${field}: ${path} is no regular file.`);
    const content = readFileSync(path);
    if (content.length <= LARGEST_FILE) return content;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${field}: ${path} cannot be read (${code}).`);
  }
  throw new ConfigError(`${field}: ${path} is longer than ${LARGEST_FILE} bytes.`);
}
