/** A crash report as a guardian keeps it for later: all by which a recovery can begin, texts cut short. */
import { cutToBytes } from '../content/shortened.js';
import type { CrashReport } from './report.js';

const LONGEST_TEXT = 300;
const MOST_SIGHTINGS = 5;

export function remembered(report: CrashReport): CrashReport {
  const { instance, sightings, detail } = report;
  const kept = {
    ...report,
    detail: cutToBytes(detail, LONGEST_TEXT),
    instance:
      instance.pid === null
        ? instance
        : { ...instance, build: cutToBytes(instance.build, LONGEST_TEXT) },
  };
  if (sightings === undefined) return kept;
  const newest = sightings.slice(-MOST_SIGHTINGS);
  const shortened = newest.map((one) => ({ ...one, detail: cutToBytes(one.detail, LONGEST_TEXT) }));
  return { ...kept, sightings: shortened };
}
