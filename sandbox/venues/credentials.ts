/**
 * Test credentials, fixed except where the format asks for a key pair. They open nothing but the
 * sandbox.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { VenueId } from './instruments.js';

export interface Credentials {
  apiKey: string;
  secret: string;
}

export function createCredentials(): Record<VenueId, Credentials> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    binance: { apiKey: 'sandbox-binance-key', secret: 'sandbox-binance-secret' },
    binanceusdm: { apiKey: 'sandbox-binanceusdm-key', secret: 'sandbox-binanceusdm-secret' },
    coinbase: {
      apiKey: 'organizations/sandbox/apiKeys/sandbox',
      secret: pair.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    },
    kraken: {
      apiKey: 'sandbox-kraken-key',
      secret: Buffer.from('sandbox-kraken-secret').toString('base64'),
    },
    krakenfutures: {
      apiKey: 'sandbox-krakenfutures-key',
      secret: Buffer.from('sandbox-krakenfutures-secret').toString('base64'),
    },
  };
}

export function publicKeyOf(pem: string): KeyObject {
  return createPublicKey(pem);
}
