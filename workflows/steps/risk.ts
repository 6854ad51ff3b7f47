/** Step 7: limits as expected, exposure within bounds. */
import { counted } from '../domain/content/counted.js';
import { shortened } from '../domain/content/shortened.js';
import { moneyText } from '../domain/numbers/money-text.js';
import { type Approved, coveredUpTo, coversExposure } from '../domain/policy/approved.js';
import { coversTold, exposuresDiffer } from '../domain/policy/told-exposure.js';
import { mismatchWords, unpricedWords } from '../domain/policy/risk.js';
import type { ExposureVerdict, LimitMismatch } from '../domain/policy/risk.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import { patched } from '@temporalio/workflow';
import { controlPlane } from '../calls.js';
import { requireApproval } from '../recovery/asking.js';
import { andBand, asksInPlainWords, upTo } from '../recovery/gates/plain-words.js';
import type { Recovery } from '../recovery/context.js';
import { step } from '../recovery/step.js';

const MOST_NAMED = 5;

/** `limits: 'later'`: nobody answers for them before the start of an engine. */
export async function checkRisk(
  recovery: Recovery,
  state: ArtifactRef,
  approved: Pick<Approved, 'exposure' | 'unlisted' | 'told'>,
  limits: 'now' | 'later' = 'now',
): Promise<void> {
  const { record, policy } = recovery;
  const { engineId } = record;
  await step(recovery, 'risk', async (entry) => {
    // One after the other: both may ask, and a person may take long over the limits.
    const { loaded, own } = limits === 'now' ? await limitsAsExpected(recovery, approved) : LATER;
    const { maxExposure } = policy.risk;
    const answer = await controlPlane.measureExposure({ engineId, state, maxExposure });
    const { measured, ...exposure } = answer; // asked about is the verdict
    if (measured !== undefined) record.exposureMeasured = measured;
    record.exposure = exposure.kind === 'unknown' ? null : exposure.total;
    if (exposure.kind !== 'within') {
      const { approvalBand } = policy.risk;
      if (!coversExposure(approved.exposure, exposure, approvalBand)) {
        await askAboutExposure(recovery, exposure);
        approved.exposure = exposure;
      }
    }
    const shown = record.exposure ?? 'unknown';
    const beside = own === undefined ? '' : await besideOwn(recovery, own, approved);
    entry.detail = `${loaded}; exposure ${shown} of ${maxExposure} in cash terms${beside}`;
  });
}

/** Its own figure beside the venues', in words. */
async function besideOwn(
  recovery: Recovery,
  told: string,
  approved: Pick<Approved, 'told'>,
): Promise<string> {
  const { exposure: measured } = recovery.record;
  if (measured === null) return `, by the engine's own figure ${told}`;
  const { approvalBand } = recovery.policy.risk;
  const both = { told, measured };
  if (!exposuresDiffer(both, approvalBand)) return `, by the engine's own figure ${told}`;
  if (!coversTold(approved.told, both, approvalBand)) {
    await requireApproval(recovery, {
      kind: 'exposure',
      question:
        `${recovery.record.engineId} figures its exposure at ${told}, and the venues say ${measured}. ` +
        'It may hold other positions than they do, or value them otherwise. Go on?',
      onApprove:
        'the recovery goes on with these two figures; limits are held to that of the venues',
      onReject: 'the engine is stopped and the manual checklist opens',
      evidence: { ...both, approvalBand },
    });
    approved.told = both;
  }
  return `, by the engine's own figure ${told}, which differs`;
}

const LATER: Loaded = { loaded: 'limits after the start', own: undefined };

interface Loaded {
  /** In words. */
  loaded: string;
  /** The exposure that the engine itself figures. */
  own: string | undefined;
}

/** A wrong limit cannot be approved away: it is looked at again after each answer. In words. */
async function limitsAsExpected(
  recovery: Recovery,
  approved: Pick<Approved, 'unlisted'>,
): Promise<Loaded> {
  const { engineId } = recovery.record;
  const expected = recovery.policy.risk.limits;
  for (;;) {
    const loaded = await recovery.host.verifyRiskLimits({ engineId, expected });
    const { mismatches, refusal, unlisted, untold, exposure: own } = loaded;
    if (refusal !== undefined) {
      await askAboutRefusal(recovery, refusal);
    } else if (mismatches.length > 0) {
      await askAboutLimits(recovery, mismatches);
    } else if (unlisted !== undefined) {
      return { loaded: await limitsUnlisted(recovery, { unlisted, untold }, approved), own };
    } else {
      return { loaded: `${loaded.loaded} limits loaded`, own };
    }
  }
}

interface Unlisted {
  unlisted: readonly string[];
  untold?: boolean | undefined;
}

/** Loaded by the engine's word, or by nobody's: what the policy expects of them nobody has compared. */
async function limitsUnlisted(
  recovery: Recovery,
  { unlisted, untold = false }: Unlisted,
  approved: Pick<Approved, 'unlisted'>,
): Promise<string> {
  const words = untold
    ? 'risk limits: NOT OFFERED, nothing tells whether they are loaded'
    : "limits loaded by the engine's word, which lists none";
  if (unlisted.length === 0) return untold ? `${words}, and none is demanded` : words;
  const named = shortened(unlisted, MOST_NAMED).join(', ');
  const isCovered = unlisted.every((name) => approved.unlisted?.includes(name) === true);
  if ((untold || recovery.policy.onUnverified === 'ask') && !isCovered) {
    const { engineId } = recovery.record;
    const said = untold
      ? `${engineId} offers no word of its risk limits, and the policy demands some. `
      : `${engineId} says that its risk limits are loaded, and lists none. `;
    await requireApproval(recovery, {
      kind: 'risk_limits',
      question: `${said}UNVERIFIED: ${named}. Go on?`,
      onApprove: 'the recovery goes on, and the record says which limits nobody has compared',
      onReject: 'the engine is stopped and the manual checklist opens',
      evidence: { unlisted },
    });
    approved.unlisted = unlisted;
  }
  const { record } = recovery;
  record.unknowns = [...new Set([...record.unknowns, `risk limits not compared: ${named}`])];
  return `${words}; UNVERIFIED: ${named}`;
}

async function askAboutRefusal(recovery: Recovery, refusal: string): Promise<void> {
  await requireApproval(recovery, {
    kind: 'risk_limits',
    question: `The engine says that its risk limits are not loaded: ${refusal}. Check again?`,
    onApprove: 'the limits are read again; nothing goes on before they are right',
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { refusal },
  });
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
  const draw = figuresOf(exposure);
  const what =
    exposure.kind === 'high'
      ? `Exposure is ${draw(exposure.total)} in cash terms, above ${draw(exposure.limit)}`
      : unknownWords(exposure);
  const { approvalBand } = recovery.policy.risk;
  const covered =
    exposure.kind === 'high'
      ? `this exposure, ${upTo(draw(coveredUpTo(exposure.total, approvalBand)), approvalBand)}`
      : `these unknown, and no other, and no more of the rest than that${andBand(approvalBand)}`;
  await requireApproval(recovery, {
    kind: 'exposure',
    question: `${what}. Resume trading?`,
    onApprove: `the recovery goes on with ${covered}`,
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { exposure },
  });
}

/** As money, but to the last digit where cents would hide the difference; the evidence has every digit. */
function figuresOf(exposure: ExposureVerdict): (amount: string) => string {
  const isHidden =
    exposure.kind === 'high' && moneyText(exposure.total) === moneyText(exposure.limit);
  return isHidden || !asksInPlainWords() ? (amount) => amount : moneyText;
}

function unknownWords(exposure: Extract<ExposureVerdict, { kind: 'unknown' }>): string {
  if (patched('exposure-tells-the-setting')) return unpricedWords(exposure);
  const { unpriced, total } = exposure;
  const rest = total === undefined ? '' : `; of the rest it is ${total}`;
  return `Exposure is unknown: no price for ${unpriced.join(', ')}${rest}`;
}
