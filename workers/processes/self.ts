/** This very program: its version, and how it is started again, from source or from a build. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From TypeScript source the loader goes along, by absolute address: folders differ. */
export function nodeCommand(moduleUrl: string): [string, ...string[]] {
  const loader = moduleUrl.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  return [process.execPath, ...loader, fileURLToPath(moduleUrl)];
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
