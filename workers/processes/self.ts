/** This very program: its version, and how it is started again, from source or from a build. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const IS_BUILT = import.meta.url.endsWith('.js');

/**
 * Of a module by the name of its source; from a build, what that was compiled to. From source the
 * loader goes along, by absolute address: folders differ.
 */
export function nodeCommand(moduleUrl: string): [string, ...string[]] {
  const module = fileURLToPath(IS_BUILT ? moduleUrl.replace(/\.ts$/, '.js') : moduleUrl);
  const loader = module.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  return [process.execPath, ...loader, module];
}

/** `relight`, with these arguments. From source, `relight.mjs` looks whether a build is as new. */
export function relightCommand(...args: readonly string[]): [string, ...string[]] {
  const entry = IS_BUILT ? '../main.js' : '../relight.mjs';
  return [...nodeCommand(new URL(entry, import.meta.url).href), ...args];
}

/** A build lies one folder deeper than the source. */
export function ownVersion(): string {
  const files = ['../../package.json', '../../../package.json'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const file = files.find((path) => existsSync(path));
  if (file === undefined) return 'unknown';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
