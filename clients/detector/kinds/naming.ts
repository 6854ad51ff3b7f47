/** Settings by which an entry of any kind names the process that is the engine. */
import { z } from 'zod';
import { LONGEST_PATH, pattern } from './values.js';

export const Match = z.strictObject({
  command: pattern('trading_engine').describe(
    'regular expression that its command line matches, as with pgrep -f',
  ),
  executable: z
    .string()
    .startsWith('/', { error: 'must be a whole path, from / on' })
    .max(LONGEST_PATH)
    .optional()
    .describe('the file that it runs; forensics.executable where left out'),
});
export type Match = z.infer<typeof Match>;

export const Unit = z
  .string()
  .max(255)
  .regex(/^[\w:.@\\][\w:.@\\-]*\.service$/, {
    error: 'must be a unit of systemd, such as alpha.service',
  })
  .describe('the service of systemd whose main process it is');
