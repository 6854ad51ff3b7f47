/** How the configured Temporal server is reached. */
import type { TemporalSettings } from '../../clients/temporal/connect.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

/** Only where a server is named; an embedded one is found by `resolveTemporal`. */
export function composeTemporal(config: Config, address: string): TemporalSettings {
  const { namespace, tls, apiKey } = config.temporal;
  const key = apiKey === null ? null : resolveSecret('temporal.apiKey', apiKey);
  return { address, namespace, tls, apiKey: key };
}
