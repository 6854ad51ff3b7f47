/** The environment of this process, read here and nowhere else in workers/. */

export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
