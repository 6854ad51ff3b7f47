/** An embedded Temporal server: a CLI to run it with, the server, and its search attributes. */
export { TemporalCliNotFound, cachedCliPath, findTemporalCli } from './find-cli.js';
export { ensureSearchAttributes } from './search-attributes.js';
export {
  type EmbeddedTemporal,
  type EmbeddedTemporalOptions,
  ensureEmbeddedTemporal,
  startEmbeddedTemporal,
} from './server.js';
export { findEmbeddedTemporal } from './find-server.js';
export { findFreePort } from './ports.js';
