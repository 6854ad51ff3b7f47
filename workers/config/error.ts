/** What is wrong with a configuration. Its text is for people, and names the remedy. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
