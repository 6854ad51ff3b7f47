/**
 * The process table, several times a second: sees a core being written, when sockets are still
 * open, a death that no socket told, and a process that is stopped. By its settings a source says which process that is
 * (sources/process.ts); without them it is the one that another source names.
 *
 * Invariant: the cheap look tells that all is as before; everything else is for the process table.
 */
import { z } from 'zod';
import { livenessOf } from '../../host/process-table.js';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { glanceAt, type Glance } from '../../host/kernel/glance.js';
import { sameProcess } from '../crashes.js';
import { keepLooking } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';
import { createJudge } from './silence.js';

/** A stop is judged by looks no nearer to each other: a busy machine delays the others. */
const LEAST_JUDGED_MS = 250;

const LONGEST_PATH = 4_096;
const LONGEST_PATTERN = 512;

const CommandPattern = z
  .string()
  .min(1)
  .max(LONGEST_PATTERN)
  .refine(isPattern, { error: 'is no regular expression: write one, such as "trading_engine"' });

export const ProcessSettings = z
  .strictObject({
    kind: z.literal('process'),
    pidFile: z.string().min(1).max(LONGEST_PATH).optional().describe('a file that names its pid'),
    match: z
      .strictObject({
        command: CommandPattern.describe(
          'regular expression that its command line matches, as with pgrep -f',
        ),
        executable: z
          .string()
          .startsWith('/', { error: 'must be a whole path, from / on' })
          .max(LONGEST_PATH)
          .optional()
          .describe('the file that it runs; forensics.executable where left out'),
      })
      .optional(),
    unit: z
      .string()
      .max(255)
      .regex(/^[\w:.@\\][\w:.@\\-]*\.service$/, {
        error: 'must be a unit of systemd, such as alpha.service',
      })
      .optional()
      .describe('the service of systemd whose main process it is'),
    everyMs: z.number().int().min(1).max(60_000).default(25).describe('how often it is looked at'),
  })
  .refine((entry) => waysOf(entry).length <= 1, {
    error: 'names a process in two ways: write an entry for each of pidFile, match and unit',
  });
export type ProcessSettings = z.infer<typeof ProcessSettings>;

export const processProbe = defineProbe({
  kind: 'process',
  Settings: ProcessSettings,
  paths: { pidFile: 'own' },
  names: (entry) => waysOf(entry).length > 0,
  start: ({ everyMs }, watch, { heartbeat }) => {
    const limits = { ...heartbeat, everyMs: Math.max(everyMs, LEAST_JUDGED_MS) };
    const judge = createJudge(limits, watch, { probe: 'procfs', what: 'it does not work' });
    const at = createGlances();
    let works = 0;
    async function look(): Promise<void> {
      const instance = watch.untold();
      if (instance === null) return at.close();
      const seen = (await at.glance(instance))?.look() ?? 'changed';
      if (seen !== 'stopped') works += 1;
      if (seen === 'changed') await tellEnd(instance, watch);
      if (seen === 'stopped') await judge.look(instance, { sequence: String(works), beatMs: null });
    }
    const looks = keepLooking({ everyMs }, watch, { kind: 'process', look });
    return {
      stop: async () => {
        await looks.stop();
        at.close();
      },
    };
  },
});

/** Of one process at a time: the same as long as that is watched. */
function createGlances() {
  let of: EngineInstance | null = null;
  let glance: Glance | null = null;
  const close = () => {
    glance?.close();
    glance = null;
    of = null;
  };
  return {
    close,
    async glance(instance: EngineInstance): Promise<Glance | null> {
      if (of !== null && sameProcess(of, instance)) return glance;
      close();
      const opened = await glanceAt(instance.pid, instance.startTicks);
      [of, glance] = [instance, opened];
      return opened;
    },
  };
}

/** Also where another probe was first: a hung engine that dies of it afterwards is both. */
async function tellEnd(instance: EngineInstance, watch: ProbeWatch): Promise<void> {
  const liveness = await livenessOf(instance.pid, instance.startTicks);
  if (liveness === 'gone') {
    const detail = `pid ${instance.pid} is gone`;
    watch.suspect({ instance, suspicion: 'dead', probe: 'procfs', detail });
  } else if (liveness === 'dumping_core') {
    const detail = `pid ${instance.pid} writes its core`;
    watch.suspect({ instance, suspicion: 'dumping_core', probe: 'procfs', detail });
  }
}

interface Ways {
  pidFile?: string | undefined;
  match?: object | undefined;
  unit?: string | undefined;
}

function waysOf({ pidFile, match, unit }: Ways): unknown[] {
  return [pidFile, match, unit].filter((way) => way !== undefined);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}
