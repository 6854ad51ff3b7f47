/**
 * What a guardian says to people, in words.
 *
 * Invariant: what comes from outside stands in it as words, and never as Markdown.
 */
import { shutdownCommand } from '../domain/notices/shutdown-command.js';
import type { Notice } from '../contract/index.js';
import { markdownWords } from '../domain/content/markdown.js';
import { firstOf } from '../domain/content/shortened.js';
import type { CrashReport } from '../domain/crash/report.js';
import { DRILL_WITHIN_MS, drillTitle, type Announced } from '../domain/steering/drill.js';
import { movedWords, type Moved } from '../domain/steering/fail-over.js';
import { incidentIdOf, steeringIdOf } from '../ids.js';

const LONGEST_DETAIL = 500;

type Words = Pick<Notice, 'severity' | 'title' | 'text'>;

function ofEngine(engineId: string, { key, ...words }: Words & { key: string }): Notice {
  const incidentId = steeringIdOf(engineId);
  return drawn({ incidentId, engineId, ...words, dedupKey: `${incidentId}:${key}` });
}

/** `title`: words; `text`: Markdown, in which all that comes from outside is words already. */
function drawn(told: Words & Pick<Notice, 'incidentId' | 'engineId' | 'dedupKey'>): Notice {
  const state = told.severity === 'critical' ? 'alarm' : 'news';
  return { ...told, title: markdownWords(told.title), state };
}

export function holdNotice(
  engineId: string,
  { by, reason, atMs }: { by: string; reason: string; atMs: number },
): Notice {
  return ofEngine(engineId, {
    severity: 'warning',
    title: `${engineId} is on hold: no crash of it is recovered from`,
    text: `${markdownWords(`${by}: ${reason}`)}. What crashes meanwhile is told, and taken up by: relight release ${engineId}`,
    key: `hold:${atMs}`,
  });
}

export function drillNotice(engineId: string, { by, reason, atMs }: Announced): Notice {
  return ofEngine(engineId, {
    severity: 'warning',
    title: drillTitle(`${engineId} is about to be made to crash`),
    text: `${markdownWords(`${by}: ${reason}`)}. Its next crash within ${DRILL_WITHIN_MS / 60_000} min is a drill, and is recovered from as any other`,
    key: `drill:${atMs}`,
  });
}

export function releaseNotice(
  engineId: string,
  { by, reason, atMs, done }: { by: string; reason: string; atMs: number; done: string },
): Notice {
  return ofEngine(engineId, {
    severity: 'info',
    title: `${engineId} is on hold no longer`,
    text: markdownWords(`${by}: ${reason}. ${done}`),
    key: `release:${atMs}`,
  });
}

export function heldCrashNotice(
  engineId: string,
  { instance, host, detail }: CrashReport,
  hold: { by: string; reason: string },
): Notice {
  const incidentId = incidentIdOf(engineId, instance.instanceId);
  return drawn({
    incidentId,
    engineId,
    severity: 'critical',
    title:
      instance.pid === null
        ? `${engineId} does not run, and is on hold: NOBODY RECOVERS IT`
        : `${engineId} has crashed on hold: NOBODY RECOVERS IT`,
    text:
      markdownWords(`${instance.instanceId} ${endOf(instance)} on ${host} (${detailOf(detail)})`) +
      `, while the engine is on hold by ${markdownWords(`${hold.by}: ${hold.reason}`)}. Its orders are as they were. It is taken up by: relight release ${engineId}`,
    dedupKey: `${incidentId}:held`,
  });
}

const detailOf = (detail: string) => firstOf(detail, LONGEST_DETAIL);

function endOf({ pid }: CrashReport['instance']): string {
  return pid === null ? 'never came up' : 'died';
}

export function foreignNotice(
  engineId: string,
  { instance, host, detail }: CrashReport,
  why: string,
): Notice {
  const { instanceId } = instance;
  return drawn({
    incidentId: incidentIdOf(engineId, instanceId),
    engineId,
    severity: 'critical',
    title: `${engineId}: NOT RECOVERED: that it ${endOf(instance)} was reported by "${host}"`,
    text: markdownWords(`${instanceId}: ${detailOf(detail)}. The report was refused: ${why}.`),
    dedupKey: `${engineId}:foreign-report:${host}:${instanceId}`,
  });
}

export function notTakenUpNotice(engineId: string, instanceId: string, why: string): Notice {
  return ofEngine(engineId, {
    severity: 'critical',
    title: `${engineId}: a crash during the hold was NOT TAKEN UP`,
    text: `${markdownWords(`${instanceId}: ${why}`)}. Once that is mended: relight recover ${engineId}`,
    key: `not-taken-up:${instanceId}`,
  });
}

export function stuckNotice(
  engineId: string,
  incident: { incidentId: string; workflowId: string },
  { why, notEnded }: { why: string; notEnded: string | null },
): Notice {
  const { incidentId, workflowId } = incident;
  return drawn({
    incidentId,
    engineId,
    severity: 'critical',
    title: `${engineId}: its recovery is STUCK`,
    text:
      notEnded === null
        ? `${markdownWords(`${workflowId}: ${why}`)}. It has been ended; its engine is stopped now, and people are asked.`
        : `${markdownWords(`${workflowId}: ${why}. It could not be ended (${notEnded})`)}, so nobody goes on with it: ` +
          `terminate it in Temporal, or run: ${shutdownCommand(engineId)}`,
    dedupKey: `${incidentId}:stuck:${notEnded === null ? 'ended' : 'not-ended'}`,
  });
}

/** A recovery ended without its own word, and nothing is known by which another could go on. */
export function nobodyNotice(
  engineId: string,
  incident: { incidentId: string; workflowId: string },
  { why }: { why: string },
): Notice {
  const notEnded = 'nothing is known by which another could go on';
  return stuckNotice(engineId, incident, { why: `it ${why}`, notEnded });
}

export function recalledNotice(
  engineId: string,
  { ended, open, runId }: { ended: string; open: string | null; runId: string },
): Notice {
  return ofEngine(engineId, {
    severity: 'warning',
    title: `${engineId}: its guardian was ended from outside, and has begun anew`,
    text:
      `${markdownWords(`The guardian before it ${ended}`)}. This one knows what that one knew; ` +
      (open === null ? 'no incident is open.' : `it goes on with ${markdownWords(open)}.`),
    key: `recalled:${runId}`,
  });
}

export function failOverNotice(engineId: string, moved: Moved): Notice {
  const { from, to, epoch, fenced } = moved;
  return ofEngine(engineId, {
    severity: fenced ? 'warning' : 'critical',
    title: `${engineId}: FAILED OVER from "${from}" to "${to}"`,
    text: markdownWords(`${movedWords(moved)}. It is recovered on "${to}".`),
    key: `failover:${epoch}`,
  });
}

/** What a host turned out to be whose machine was said to be off, and that answers. */
export type CameBack =
  | { kind: 'quiet' }
  /** Ended there. */
  | { kind: 'lived'; lived: string }
  | { kind: 'not_fenced'; why: string };

export function cameBackNotice(engineId: string, moved: Moved, found: CameBack): Notice {
  const { from, to, by, epoch } = moved;
  const key = `came-back:${epoch}:${found.kind}`;
  if (found.kind === 'quiet') {
    const title = `${engineId}: "${from}" is back, and refuses what is older than epoch ${epoch}`;
    const text = markdownWords(`No process of it lives there. It lives on "${to}".`);
    return ofEngine(engineId, { severity: 'info', title, text, key });
  }
  const said = `${by} had signed that the machine of "${from}" was off`;
  const lived = found.kind === 'lived';
  return ofEngine(engineId, {
    severity: 'critical',
    title: lived
      ? `${engineId}: IT LIVED ON "${from}" TOO, and has been ended there`
      : `${engineId}: IT MAY LIVE ON "${from}" TOO: stop it there by hand`,
    text: markdownWords(`${said}, and ${lived ? found.lived : found.why}. Look at its orders.`),
    key,
  });
}
