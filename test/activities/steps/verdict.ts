/** The verdict on an exposure, without the figures that it was measured by. */
import type { ExposureMeasured } from '../../../workflows/contract/index.js';
import type { ExposureVerdict } from '../../../workflows/domain/policy/risk.js';

export async function verdictOf(measuring: Promise<ExposureMeasured>): Promise<ExposureVerdict> {
  const { measured: _figures, ...verdict } = await measuring;
  return verdict;
}
