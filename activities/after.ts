/** Step 10. The report and the notices; neither changes the outcome of a recovery. */
import type { Adjustment } from '../workflows/domain/reconciliation/adjustments.js';
import type { ReconciliationLine } from '../workflows/domain/reconciliation/reconciliation.js';
import type { Resolution } from '../workflows/domain/orders/recovery.js';
import type { RecoveryRecord, ReportFiles } from '../workflows/domain/record.js';
import { describeError } from './errors.js';
import type { ControlPlanePorts, Notice } from './ports.js';
import { failure } from '../workflows/failure.js';

export function createAfterActivities(ports: ControlPlanePorts) {
  return {
    /** The same record gives the same files, so writing again is harmless. */
    async writeReport({ record }: { record: RecoveryRecord }): Promise<ReportFiles> {
      const report = {
        record,
        lines: await loadOr<ReconciliationLine[]>(ports, record.reconciliation?.lines, []),
        adjustments: await loadOr<Adjustment[]>(ports, record.reconciliation?.adjustments, []),
        resolutions: await loadOr<Resolution[]>(ports, record.orders?.resolutions, []),
      };
      const json = Buffer.from(`${JSON.stringify(report, null, 2)}\n`);
      const jsonPath = await ports.reports.write(record.incidentId, 'recovery.json', json);
      const pdf = await ports.renderer.render(report).catch((error: unknown) => {
        throw failure('ReportFailed', `The PDF could not be drawn: ${describeError(error)}`);
      });
      const pdfPath = await ports.reports.write(record.incidentId, 'recovery.pdf', pdf);
      return { pdf: pdfPath, json: jsonPath };
    },

    /** Every channel is tried; one that is down does not keep the others from being told. */
    async notify(notice: Notice): Promise<{ failed: string[] }> {
      const outcomes = await Promise.all(
        ports.notifiers.map(async (notifier) => {
          try {
            await notifier.send(notice);
            return null;
          } catch (error) {
            return `${notifier.name}: ${describeError(error)}`;
          }
        }),
      );
      const failed = outcomes.filter((outcome) => outcome !== null);
      if (failed.length > 0 && failed.length === ports.notifiers.length) {
        throw failure('NotificationFailed', failed.join('; '));
      }
      return { failed };
    },
  };
}

async function loadOr<T>(
  ports: ControlPlanePorts,
  ref: Parameters<ControlPlanePorts['artifacts']['getJson']>[0] | undefined,
  otherwise: T,
): Promise<T> {
  return ref === undefined ? otherwise : ports.artifacts.getJson<T>(ref);
}
