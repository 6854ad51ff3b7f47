/** Step 7: limits as expected, exposure within bounds. */
import { counted } from '../domain/content/counted.js';
import { type Approved, coveredUpTo, coversExposure } from '../domain/policy/approved.js';
import { mismatchWords, unpricedWords } from '../domain/policy/risk.js';
import type { ExposureVerdict, LimitMismatch } from '../domain/policy/risk.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import { patched } from '@temporalio/workflow';
import { controlPlane } from '../calls.js';
import { requireApproval } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import { step } from '../recovery/step.js';

export async function checkRisk(
  recovery: Recovery,
  state: ArtifactRef,
  approved: Pick<Approved, 'exposure'>,
): Promise<void> {
  const { record, policy } = recovery;
  const { engineId } = record;
  await step(recovery, 'risk', async (entry) => {
    // One after the other: both may ask, and a person may take long over the limits.
    const loaded = await limitsAsExpected(recovery);
    const { maxExposure } = policy.risk;
    const exposure = await controlPlane.measureExposure({ engineId, state, maxExposure });
    record.exposure = exposure.kind === 'unknown' ? null : exposure.total;
    if (exposure.kind !== 'within') {
      const { approvalBand } = policy.risk;
      if (!coversExposure(approved.exposure, exposure, approvalBand)) {
        await askAboutExposure(recovery, exposure);
        approved.exposure = exposure;
      }
    }
    const shown = record.exposure ?? 'unknown';
    entry.detail = `${loaded} limits loaded; exposure ${shown} of ${maxExposure} in cash terms`;
  });
}

/** A wrong limit cannot be approved away: it is looked at again after each answer. */
async function limitsAsExpected(recovery: Recovery): Promise<number> {
  const { engineId } = recovery.record;
  const expected = recovery.policy.risk.limits;
  for (;;) {
    const { mismatches, loaded } = await recovery.host.verifyRiskLimits({ engineId, expected });
    if (mismatches.length === 0) return loaded;
    await askAboutLimits(recovery, mismatches);
  }
}

async function askAboutLimits(recovery: Recovery, mismatches: LimitMismatch[]): Promise<void> {
  const what = `${counted(mismatches.length, 'risk limit is', 'risk limits are')} not loaded as expected`;
  const figures = patched('limits-name-their-figures') ? ` (${mismatchWords(mismatches)})` : '';
  await requireApproval(recovery, {
    kind: 'risk_limits',
    question: `${what}${figures}. Check again?`,
    onApprove: 'the limits are read again; nothing goes on before they are right',
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { mismatches },
  });
}

async function askAboutExposure(
  recovery: Recovery,
  exposure: Exclude<ExposureVerdict, { kind: 'within' }>,
): Promise<void> {
  const what =
    exposure.kind === 'high'
      ? `Exposure is ${exposure.total} in cash terms, above ${exposure.limit}`
      : unknownWords(exposure);
  const { approvalBand } = recovery.policy.risk;
  const covered =
    exposure.kind === 'high'
      ? `this exposure, up to ${coveredUpTo(exposure.total, approvalBand)}`
      : 'these unknown, and no other, and no more of the rest than that and its band';
  await requireApproval(recovery, {
    kind: 'exposure',
    question: `${what}. Resume trading?`,
    onApprove: `the recovery goes on with ${covered}`,
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { exposure },
  });
}

function unknownWords(exposure: Extract<ExposureVerdict, { kind: 'unknown' }>): string {
  if (patched('exposure-tells-the-setting')) return unpricedWords(exposure);
  const { unpriced, total } = exposure;
  const rest = total === undefined ? '' : `; of the rest it is ${total}`;
  return `Exposure is unknown: no price for ${unpriced.join(', ')}${rest}`;
}
