/**
 * What the inputs of activities of earlier versions mean now: a recovery that was begun by one is ended
 * by its own workflow code and the activities of now.
 *
 * Invariant: whatever field is added to an input that a released version already sends stands here, or
 * is optional where it is used; activities see whole inputs.
 */
import type { ControlPlaneActivities, HostActivities } from './index.js';

type Activities = ControlPlaneActivities & HostActivities;
type Meant = {
  [Name in keyof Activities]?: (nowMs: number) => Partial<Parameters<Activities[Name]>[0]>;
};

const MEANT: Meant = {
  recoverOpenOrders: () => ({ adopted: [] }),
  containRisk: () => ({ books: [] }),
  // It asked only whether the venue answers.
  awaitReadable: (nowMs) => ({ sinceMs: nowMs, thorough: false, live: true }),
};

/** What was sent wins; what is no object is left as it is, for the schema to refuse. */
export function asMeantNow(name: string, content: unknown, nowMs: number): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const meant = Object.hasOwn(MEANT, name) ? MEANT[name as keyof Meant] : undefined;
  return meant === undefined ? content : { ...meant(nowMs), ...content };
}
