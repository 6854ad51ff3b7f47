/** Whether anybody asks Temporal for the work of a queue, by those whom the server remembers. */
import { counted } from '../content/counted.js';
import { fault, ok, type Finding } from './finding.js';

interface Asked {
  identity: string;
  atMs: number;
}

export interface Queue {
  name: string;
  /** Who should ask, in words. */
  who: string;
  /** How it is started. */
  start: string;
  /** What is asked of it would land on either. */
  onlyOne: boolean;
}

export function judgePolls(
  polls: readonly Asked[],
  { name, who, start, onlyOne }: Queue,
  { nowMs, goneAfterMs }: { nowMs: number; goneAfterMs: number },
): Finding {
  const awake = new Set(
    polls.filter(({ atMs }) => nowMs - atMs < goneAfterMs).map(({ identity }) => identity),
  );
  if (awake.size === 0) {
    const last = Math.max(...polls.map(({ atMs }) => atMs));
    const since = polls.length === 0 ? '' : ` (not for ${Math.round((nowMs - last) / 1_000)} s)`;
    return fault(`no ${who} asks for work on the queue ${name}${since}`, `start one: ${start}`);
  }
  if (onlyOne && awake.size > 1) {
    return fault(
      `${awake.size} of them ask for the work of ${name}: ${[...awake].join(', ')}`,
      'stop all but one, or give each machine a host name of its own (host)',
    );
  }
  return ok(`${counted(awake.size, who)} of ${name} at work`);
}
