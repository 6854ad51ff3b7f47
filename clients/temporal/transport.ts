/**
 * How the Temporal server is reached: in the clear, or over TLS with whatever proves each side. One
 * rule for clients and workers, whose SDKs take the same settings.
 */

/** Contents of files, PEM; null where the system's own, or none, will do. */
export interface Tls {
  ca: Buffer | null;
  /** Proves us to the server. */
  client: { certificate: Buffer; key: Buffer } | null;
  /** The name that the server's certificate must hold; null: that of the address. */
  serverName: string | null;
}

export interface TransportSettings {
  address: string;
  /** Null: in the clear, unless there is an API key, which never goes in the clear. */
  tls: Tls | null;
  /** The newest, each time it is asked; null without. */
  apiKey: (() => string) | null;
}

/** As the SDKs want it. */
export function transportOf({ address, tls, apiKey }: TransportSettings) {
  return { address, ...(tls === null && apiKey === null ? {} : { tls: sdkTls(tls) }) };
}

function sdkTls(tls: Tls | null) {
  if (tls === null) return {};
  const { ca, client, serverName } = tls;
  return {
    ...(ca === null ? {} : { serverRootCACertificate: ca }),
    ...(client === null ? {} : { clientCertPair: { crt: client.certificate, key: client.key } }),
    ...(serverName === null ? {} : { serverNameOverride: serverName }),
  };
}
