/**
 * The health of an engine that offers none by its control surface: what its health URLs answer, or where it has
 * none, whether its process lives.
 *
 * Invariants: whether a process works that merely lives is not known, and told as unverified; only a refused
 * connection is silence; who answers is not told, by neither.
 */
import type { QuickHealthTold } from '../../workflows/domain/engine/control.js';
import { unanswered } from './unanswered.js';

export interface HealthInPlace {
  urls: readonly string[];
  timeoutMs: number;
  /** How many processes of it live; fails where that cannot be told. */
  living: () => Promise<number>;
}

const NOBODY = { instanceId: null, epoch: null };

export function healthInPlace(settings: HealthInPlace): () => Promise<QuickHealthTold> {
  return settings.urls.length === 0 ? () => byProcess(settings) : () => byUrls(settings);
}

async function byProcess({ living }: HealthInPlace): Promise<QuickHealthTold> {
  const lives = (await living()) > 0;
  const note = lives ? 'its process lives' : 'no process of it lives here';
  const unverified = ['whether it works: that its process lives is all that is seen'];
  return { ...NOBODY, healthy: lives, hard: !lives, note, unverified };
}

/** Each of them; one that answers otherwise may do so for a moment. */
async function byUrls({ urls, timeoutMs }: HealthInPlace): Promise<QuickHealthTold> {
  const answers = await Promise.all(urls.map((url) => statusOf(url, timeoutMs)));
  const ill = answers.find(({ ok }) => !ok);
  const note = ill === undefined ? '' : `${ill.path} answered ${ill.status}`;
  return { ...NOBODY, healthy: ill === undefined, hard: false, note };
}

async function statusOf(url: string, timeoutMs: number) {
  const path = new URL(url).pathname;
  try {
    // Not followed: another address answers for another.
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'manual', signal });
    await response.body?.cancel();
    return { path, ok: response.ok, status: response.status };
  } catch (error) {
    throw unanswered(path, error);
  }
}
