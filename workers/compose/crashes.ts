/** What a host remembers of crashes for people: its log of them, and notices that are on their way. */
import { join } from 'node:path';
import type { NoticeStore } from '../../activities/ports.js';
import { createCrashLog, type CrashLog } from '../../clients/host/crash-log.js';
import { createKeptNotices } from '../../clients/notify/kept-notices.js';
import {
  createOrderedStops,
  orderedStopsFolder,
  type OrderedStops,
} from '../../clients/host/ordered-stops.js';
import { createUnitFailures, type UnitFailures } from '../../clients/host/unit-failures.js';
import type { Config } from '../config/schema.js';

export function composeCrashLog({ dataDir }: Config): CrashLog {
  return createCrashLog(join(dataDir, 'crashes'));
}

export function composeOrderedStops({ dataDir }: Config): OrderedStops {
  return createOrderedStops(orderedStopsFolder(dataDir));
}

export function composeUnitFailures({ dataDir }: Config): UnitFailures {
  return createUnitFailures(dataDir);
}

export function composeKeptNotices({ dataDir }: Config): NoticeStore {
  return createKeptNotices(join(dataDir, 'notices'));
}

/** Of workers, whose queue is another process's than the agent's. */
export function composeLateNotices({ dataDir }: Config): NoticeStore {
  return createKeptNotices(join(dataDir, 'notices-of-worker'));
}
