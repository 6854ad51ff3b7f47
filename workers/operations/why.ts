/** Why something failed, in words for the person at the command line. */
import { describeError, isFailure } from '../../activities/errors.js';
import { ConfigError } from '../config/error.js';

/** Texts of ours and codes of the system; of anything else only its class. */
export function whyOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message.replace(/\.$/, '');
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && !isFailure(error) ? code : describeError(error);
}
