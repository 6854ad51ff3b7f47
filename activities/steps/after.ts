/** Step 10. The report and the notices; neither changes the outcome of a recovery. */
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { Told } from '../../workflows/contract/index.js';
import type { ArtifactKind, ArtifactOf } from '../../workflows/domain/artifact-kinds.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import type { RecoveryRecord, RecoveryReport, ReportFiles } from '../../workflows/domain/record.js';
import {
  orderSourcesOf,
  riskSourcesOf,
  sourcesOf,
} from '../../workflows/domain/reconciliation/origin/sources.js';
import { describeError, isFailure } from '../errors.js';
import type { ControlPlanePorts, Notice } from '../ports.js';
import { tellEach } from '../procedures/notices/deliver-notices.js';
import { failure } from '../../workflows/failure.js';

const ChannelNames = z.array(z.string());

export function createAfterActivities(ports: ControlPlanePorts) {
  return {
    /** The same record gives the same files; that of an attempt given up may be older, and is not written. */
    async writeReport({ record }: { record: RecoveryRecord }): Promise<ReportFiles> {
      const report = await reportOf(ports, record);
      const json = Buffer.from(`${JSON.stringify(report, null, 2)}\n`);
      const lease = ports.lease();
      await lease.beforeWrite();
      const jsonPath = await ports.reports.write(record.incidentId, 'recovery.json', json);
      const pdf = await ports.renderer.render(report).catch((error: unknown) => {
        throw failure('ReportFailed', `The PDF could not be drawn: ${describeError(error)}`);
      });
      await lease.beforeWrite();
      const pdfPath = await ports.reports.write(record.incidentId, 'recovery.pdf', pdf);
      const elsewhere = await share(ports, record, { json, pdf });
      return { pdf: pdfPath, json: jsonPath, ...elsewhere };
    },

    /** Once to each channel; those that did not take it are tried again one by one. */
    async notify(notice: Notice): Promise<Told> {
      const context = Context.current();
      // Where a worker died in the middle: what took it then is not told twice.
      const taken = new Set(ChannelNames.catch(() => []).parse(context.info.heartbeatDetails));
      const waiting = ports.channels.filter(({ name }) => !taken.has(name));
      const undelivered = await tellEach(waiting, notice, (name) => {
        taken.add(name);
        context.heartbeat([...taken]);
      });
      return { undelivered, sent: [...taken] };
    },

    /** One that did not take it; fails until it does. */
    async notifyChannel(input: { channel: string; notice: Notice }): Promise<void> {
      const channel = ports.channels.find(({ name }) => name === input.channel);
      if (channel === undefined) {
        throw failure('ConfigurationInvalid', `no channel "${input.channel}" is configured`);
      }
      try {
        await channel.send(input.notice);
      } catch (error) {
        const told = isFailure(error) ? error : failure('NotificationFailed', describeError(error));
        if (!isLastTry()) throw told;
        await ports.lateNotices.sendTo(input.channel, input.notice);
        throw failure(
          'NotificationFailed',
          `${told.message}; kept, and sent as soon as it takes it`,
        );
      }
    },
  };
}

function isLastTry(): boolean {
  const { attempt, retryPolicy } = Context.current().info;
  const most = retryPolicy?.maximumAttempts ?? 0;
  return most > 0 && attempt >= most;
}

/** The files are written already: a store that is away is told, and takes nothing from them. */
/** Each figure with where it comes from. */
async function reportOf(ports: ControlPlanePorts, record: RecoveryRecord): Promise<RecoveryReport> {
  const lines = await loadOr(ports, 'reconciliation', record.reconciliation?.lines);
  const resolutions = await loadOr(ports, 'order-resolutions', record.orders?.resolutions);
  return {
    record,
    lines: lines.map((line) => ({ ...line, sources: sourcesOf(line, record) })),
    adjustments: await loadOr(ports, 'adjustments', record.reconciliation?.adjustments),
    resolutions: resolutions.map((one) => ({ ...one, sources: orderSourcesOf(one, record) })),
    riskSources: riskSourcesOf(record),
  };
}

async function share(
  { sharedReports }: ControlPlanePorts,
  record: RecoveryRecord,
  files: { json: Uint8Array; pdf: Uint8Array },
): Promise<Pick<ReportFiles, 'elsewhere'>> {
  if (sharedReports === null) return {};
  try {
    await sharedReports.share(record, files);
    return { elsewhere: `on other hosts: relight report ${record.incidentId}` };
  } catch (error) {
    return { elsewhere: `other hosts do not find it: ${describeError(error)}` };
  }
}

async function loadOr<Kind extends ArtifactKind>(
  { artifacts }: ControlPlanePorts,
  kind: Kind,
  ref: ArtifactRef | undefined,
): Promise<ArtifactOf<Kind> | []> {
  return ref === undefined ? [] : artifacts.get(kind, ref);
}
