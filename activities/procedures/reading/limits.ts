/** Risk limits as an engine has them loaded, beside those that the policy expects. */
import type { LimitsInput, LimitsLoaded } from '../../../workflows/contract/index.js';
import type { UnlistedLimits } from '../../../workflows/domain/engine/control.js';
import { verifyLimits } from '../../../workflows/domain/policy/risk.js';
import type { EngineControl } from '../../ports.js';

type Expected = LimitsInput['expected'];

/** With its own exposure, where it tells that. */
export async function limitsLoaded(
  control: EngineControl,
  expected: Expected,
): Promise<LimitsLoaded> {
  const exposure = await control.exposure?.();
  const own = exposure === undefined ? {} : { exposure };
  if (control.riskLimits === undefined) return { ...untold(expected), ...own };
  const told = await control.riskLimits();
  const { limits } = told;
  if (limits === null) return { ...unlisted(expected, told), ...own };
  const mismatches = verifyLimits(expected, limits);
  return { mismatches, loaded: Object.keys(limits).length, ...own };
}

/** It offers no word of them. */
function untold(expected: Expected): LimitsLoaded {
  return { mismatches: [], loaded: 0, unlisted: Object.keys(expected), untold: true };
}

function unlisted(expected: Expected, { loaded, words }: UnlistedLimits): LimitsLoaded {
  const none = { mismatches: [], loaded: 0 };
  return loaded ? { ...none, unlisted: Object.keys(expected) } : { ...none, refusal: words };
}
