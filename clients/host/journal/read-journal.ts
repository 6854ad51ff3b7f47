/**
 * The journal of an engine's intents, as a file of somebody else's.
 *
 * Invariants: no link is followed and nothing is waited for; no more is read than a journal can be; a file that
 * cannot be read is told as such, and never as one without intents.
 */
import {
  journalOf,
  LARGEST_JOURNAL,
  type Journal,
} from '../../../workflows/domain/engine/journal.js';
import { readForeign, whyUnread } from '../../files/foreign.js';

/** Or why not, as the end of a sentence that begins with its name. */
export async function readJournal(path: string): Promise<Journal | string> {
  try {
    const bytes = await readForeign(path, LARGEST_JOURNAL);
    return bytes === null ? 'is not there' : journalOf(bytes);
  } catch (error) {
    return `cannot be read: ${whyUnread(error)}`;
  }
}
