/** Which exchanges the watched engine has lost, as it says itself, kept in its record: `relight status` and its death tell. */
import type { Logger } from 'pino';
import {
  afterConnection,
  type LostConnection,
  type ToldConnection,
} from '../../workflows/domain/engine/connections.js';
import type { EngineInstance } from '../../workflows/domain/crash/report.js';
import { sameProcess } from './crashes.js';
import type { WatchedFile } from './watched.js';

export function createConnections(record: WatchedFile, log: Logger) {
  return {
    connection(instance: EngineInstance, told: ToldConnection): void {
      const { value } = record;
      if (value === null || value.ended !== 'no') return;
      if (!sameProcess(value.instance, instance)) return;
      const lost = value.lost ?? [];
      const changed = afterConnection(lost, told, Date.now());
      if (changed === lost) return;
      record.save({ ...value, lost: [...changed] });
      const { venue, state } = told;
      const fields = { pid: instance.pid, venue };
      if (state === 'lost') log.warn(fields, 'the engine is DISCONNECTED from an exchange');
      else log.info(fields, 'the engine is connected to an exchange again');
    },
  };
}

/** What an instance that dies has lost; empty where it is not the one of the record. */
export function lostBy(record: WatchedFile, instance: EngineInstance): LostConnection[] {
  const { value } = record;
  return value !== null && sameProcess(value.instance, instance) ? (value.lost ?? []) : [];
}
