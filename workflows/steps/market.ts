/** Step 8: normal goes on, volatile or unknown asks, closed waits in monitoring mode or asks. */
import type { MarketInput } from '../contract/index.js';
import { type Approved, coveredUpTo, coversMarket } from '../domain/policy/approved.js';
import type { MarketVerdict } from '../domain/policy/market.js';
import { controlPlane, waiting } from '../calls.js';
import { requireApproval } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import { andBand, upTo } from '../recovery/gates/plain-words.js';
import { notice } from '../recovery/notices.js';
import { step } from '../recovery/step.js';

/** True where a market was waited for. */
export async function checkMarket(
  recovery: Recovery,
  approved: Pick<Approved, 'market'>,
): Promise<boolean> {
  const { record, policy } = recovery;
  const { maxVolatility, windowMs } = policy.market;
  return step(recovery, 'market', async (entry) => {
    const input = { engineId: record.engineId, maxVolatility, windowMs };
    let verdict: MarketVerdict = await controlPlane.checkMarket(input);
    let waited = false;
    for (let times = 1; verdict.kind === 'closed'; times += 1) {
      waited = true;
      const key = `market-closed:e${record.epoch}:${entry.attempts}:${times}`;
      verdict = await whileClosed(recovery, verdict, { input, key });
    }
    if (verdict.kind !== 'normal') {
      const { approvalBand } = policy.risk;
      if (!coversMarket(approved.market, verdict, approvalBand)) {
        await askAboutMarket(recovery, verdict);
        approved.market = verdict;
      }
    }
    record.volatility = verdict.kind === 'unknown' ? null : verdict.highest;
    const minutes = windowMs / 60_000;
    entry.detail =
      `volatility ${record.volatility ?? 'unknown'} over ${minutes} min, ` +
      `limit ${maxVolatility}; venues open`;
    return waited;
  });
}

async function whileClosed(
  recovery: Recovery,
  closed: Extract<MarketVerdict, { kind: 'closed' }>,
  { input, key }: { input: MarketInput; key: string },
): Promise<MarketVerdict> {
  const { recheckMs, whenClosed } = recovery.policy.market;
  if (whenClosed === 'wait') {
    notice(recovery, {
      severity: 'warning',
      state: 'news',
      title: `${input.engineId}: market closed, monitoring only`,
      text: `${closed.venues.join(', ')}. Trading resumes by itself when every venue is open.`,
      key,
    });
    return waiting.awaitMarketOpen({ ...input, recheckMs });
  }
  await requireApproval(recovery, {
    kind: 'market_closed',
    question: `Closed: ${closed.venues.join(', ')}. Check again?`,
    onApprove: 'the venues are asked again; nothing goes on before they are open',
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { closed },
  });
  return controlPlane.checkMarket(input);
}

async function askAboutMarket(
  recovery: Recovery,
  verdict: Extract<MarketVerdict, { kind: 'volatile' | 'unknown' }>,
): Promise<void> {
  const what =
    verdict.kind === 'volatile'
      ? `Volatility is ${verdict.highest}, above ${verdict.limit}`
      : `Market conditions are unknown for ${verdict.what.join(', ')}` +
        (verdict.highest === undefined
          ? ''
          : `; the highest volatility known is ${verdict.highest}`);
  const { approvalBand } = recovery.policy.risk;
  const covered =
    verdict.kind === 'volatile'
      ? `this market, ${upTo(`a volatility of ${coveredUpTo(verdict.highest, approvalBand)}`, approvalBand)}`
      : `these unknown, and no other, and no more volatility elsewhere than that${andBand(approvalBand)}`;
  await requireApproval(recovery, {
    kind: 'volatility',
    question: `${what}. Resume trading?`,
    onApprove: `the ramp begins with ${covered}`,
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { verdict },
  });
}
