/** That the watched engine is suspected, kept in its record, so that `relight status` on this host can tell. */
import type { Logger } from 'pino';
import type { EngineInstance } from '../../workflows/domain/crash/report.js';
import { withDoubt, withoutDoubt, type Doubt } from '../../workflows/domain/crash/life/doubts.js';
import { sameProcess } from './crashes.js';
import type { WatchedFile } from './watched.js';

type Kind = Pick<Doubt, 'probe' | 'what'>;

export interface Doubts {
  /** While it lasts; told once. */
  doubt(instance: EngineInstance, kind: Kind): void;
  /** It is over, or there was none. */
  trust(instance: EngineInstance, kind: Kind): void;
}

export function createDoubts(record: WatchedFile, log: Logger): Doubts {
  function change(
    instance: EngineInstance,
    next: (doubts: readonly Doubt[]) => readonly Doubt[],
  ): boolean {
    const { value } = record;
    if (value === null || value.ended !== 'no') return false;
    if (!sameProcess(value.instance, instance)) return false;
    const doubts = value.doubts ?? [];
    const changed = next(doubts);
    if (changed === doubts) return false;
    record.save({ ...value, doubts: [...changed] });
    return true;
  }
  return {
    doubt(instance, kind) {
      const isNew = change(instance, (doubts) => withDoubt(doubts, kind, Date.now()));
      if (isNew) log.warn({ pid: instance.pid, ...kind }, 'the engine is SUSPECTED');
    },
    trust(instance, kind) {
      const isOver = change(instance, (doubts) => withoutDoubt(doubts, kind));
      if (isOver) log.info({ pid: instance.pid, ...kind }, 'it is suspected of this no more');
    },
  };
}
