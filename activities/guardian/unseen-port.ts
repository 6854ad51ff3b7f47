/** What a host can say of an engine of which nothing was ever heard on it. */
import type { SourceSigns } from '../../workflows/domain/crash/unseen.js';

export interface UnseenPort {
  /** What the sources of liveness name at this moment; what fails is a doubt. */
  signs(engineId: string): Promise<SourceSigns>;
  /** Since when a sign of it is looked for: noted now where nobody has, and the same from then on. */
  unseenSinceMs(engineId: string): Promise<number>;
}
