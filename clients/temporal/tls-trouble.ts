/**
 * Why a server does not let us in, asked of the handshake itself: the SDKs tell a deadline, or the
 * words of their library, and neither which setting is meant.
 *
 * Invariant: nothing is sent but a handshake and an empty beginning; it is over within its time.
 */
import { isIP, type Socket } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { Tls, TransportSettings } from './transport.js';

const LIMIT_MS = 2_000;
/** A server that refuses our certificate says so after the handshake. */
const AFTERWARDS_MS = 500;
/** Of HTTP/2, as every client begins. */
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

/** In words with the setting to change; null where TLS is not what keeps us out. */
export async function tlsTrouble(settings: TransportSettings): Promise<string | null> {
  const { tls, apiKey, address } = settings;
  if (tls === null && apiKey === null) {
    const spoken = await handshake(address, { rejectUnauthorized: false });
    return spoken.done ? 'it speaks TLS: set temporal.tls' : null;
  }
  const outcome = await handshake(address, optionsOf(tls));
  return outcome.code === null ? null : inWords(outcome.code, outcome.done, tls);
}

function optionsOf(tls: Tls | null): ConnectionOptions {
  const { ca = null, client = null, serverName = null } = tls ?? {};
  return {
    ...(ca === null ? {} : { ca }),
    ...(client === null ? {} : { cert: client.certificate, key: client.key }),
    ...(serverName === null ? {} : { servername: serverName }),
  };
}

interface Outcome {
  /** Whether both sides have agreed on keys. */
  done: boolean;
  /** What ended it; null where nothing has, within the time. */
  code: string | null;
}

async function handshake(address: string, options: ConnectionOptions): Promise<Outcome> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replaceAll(/[[\]]/g, '');
  const named = isIP(host) === 0 ? { servername: host } : {};
  const protocols = { ALPNProtocols: ['h2'] };
  let socket: Socket | null = null;
  let done = false;
  try {
    const code = await new Promise<string | null>((resolve) => {
      const give = (ms: number) => void setTimeout(() => resolve(null), ms).unref();
      const where = { host, port: Number(port || '7233') };
      const tried = connect({ ...where, ...protocols, ...named, ...options }, () => {
        done = true;
        tried.write(PREFACE);
        give(AFTERWARDS_MS);
      });
      socket = tried;
      tried.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      tried.once('close', () => resolve('CLOSED'));
      give(LIMIT_MS);
    });
    return { done, code };
  } finally {
    (socket as Socket | null)?.destroy();
  }
}

const UNTRUSTED: readonly string[] = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
];

function inWords(code: string, done: boolean, tls: Tls | null): string | null {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'its certificate is for another name: set temporal.tls.serverName to one that it holds';
  }
  if (UNTRUSTED.includes(code)) {
    return 'its certificate is signed by nobody whom we trust: set temporal.tls.ca to its authority';
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired: renew it there';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet: check both clocks';
  if (/WRONG_VERSION|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)) {
    return 'it speaks no TLS: take temporal.tls out, or put a proxy with TLS before it';
  }
  if (done || /ALERT/.test(code)) return refusedClient(tls);
  return null;
}

function refusedClient(tls: Tls | null): string {
  return (tls?.client ?? null) === null
    ? 'it ends the connection: it may want a client certificate, temporal.tls.cert and key'
    : 'it ends the connection: it may not accept our client certificate, temporal.tls.cert and key';
}
