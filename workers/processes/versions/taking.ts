/**
 * Whether the worker takes what begins on its own version, or must have none.
 *
 * Invariant: only a server that says no makes it a worker without a version. One that does not answer says
 * nothing, and a worker without a version would be sent nothing of what is on one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { saysNobody } from '../../../clients/temporal/connect.js';
import type { Versions } from '../../../clients/temporal/versions.js';
import { whyOf, type Served } from './workers.js';

export interface Pace {
  againMs: number;
  /** After so many questions without an answer it fails, and whoever has started it starts it again. */
  tries: number;
}

const PACE: Pace = { againMs: 1_000, tries: 30 };

/** False where the worker must have no version, so that what begins does not wait for ever. */
export async function takesWhatBegins(
  versions: Pick<Versions, 'makeCurrent' | 'serving'>,
  { own, logger }: Pick<Served, 'own' | 'logger'>,
  pace: Pace = PACE,
): Promise<boolean> {
  const version = own.buildId;
  const why = await refusal(() => versions.makeCurrent(version), pace);
  if (why === null) {
    logger.info({ version }, 'this version takes what begins from now on');
    return true;
  }
  let current: string | null = null;
  await refusal(async () => {
    ({ current } = await versions.serving());
  }, pace);
  logger.warn({ why, version, current }, refusalWords(version, current));
  return current !== null;
}

/** What the server says against it; null where it is done. Fails where nobody answers. */
async function refusal(act: () => Promise<void>, { againMs, tries }: Pace): Promise<string | null> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      await act();
      return null;
    } catch (error) {
      if (!saysNobody(error)) return whyOf(error);
      if (left <= 0) throw error;
      await sleep(againMs);
    }
  }
}

function refusalWords(version: string, current: string | null): string {
  if (current === null) {
    return 'this server lets us name no version: open recoveries must replay on the code of now';
  }
  return current === version
    ? 'this version takes what begins, as somebody else has said'
    : 'what begins goes to another version until whoever manages the versions names this one';
}
