/** Which engine a command is about: the named one, or the only one there is. */
import type { Operations } from '../operations.js';
import { UsageError } from '../usage-error.js';

export function chosen(operations: Operations, named: string | undefined): string {
  if (named !== undefined) return named;
  const [only, ...others] = operations.engines();
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(`Name the engine with --engine: ${operations.engines().join(', ')}`);
}
