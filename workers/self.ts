/** How this very program is started again as another process, from source or from a build. */
import { fileURLToPath } from 'node:url';

/** From TypeScript source the loader goes along, by absolute address: folders differ. */
export function nodeCommand(moduleUrl: string): [string, ...string[]] {
  const loader = moduleUrl.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  return [process.execPath, ...loader, fileURLToPath(moduleUrl)];
}
