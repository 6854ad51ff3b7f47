/** Step 8: normal goes on, volatile or unknown asks, closed waits in monitoring mode or asks. */
import type { MarketVerdict } from '../domain/policy/market.js';
import { controlPlane, patience } from '../calls.js';
import { requireApproval } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import { notice } from '../recovery/notices.js';
import { step } from '../recovery/step.js';

export async function checkMarket(recovery: Recovery): Promise<void> {
  const { record, policy } = recovery;
  const { maxVolatility, windowMs } = policy.market;
  await step(recovery, 'market', async (entry) => {
    const input = { engineId: record.engineId, maxVolatility, windowMs };
    let verdict: MarketVerdict = await controlPlane.checkMarket(input);
    while (verdict.kind === 'closed') {
      verdict = await whileClosed(recovery, verdict, input);
    }
    if (verdict.kind !== 'normal') await askAboutMarket(recovery, verdict);
    record.volatility = verdict.kind === 'unknown' ? null : verdict.highest;
    const minutes = windowMs / 60_000;
    entry.detail =
      `volatility ${record.volatility ?? 'unknown'} over ${minutes} min, ` +
      `limit ${maxVolatility}; venues open`;
  });
}

async function whileClosed(
  recovery: Recovery,
  closed: Extract<MarketVerdict, { kind: 'closed' }>,
  input: { engineId: string; maxVolatility: string; windowMs: number },
): Promise<MarketVerdict> {
  const { recheckMs, whenClosed } = recovery.policy.market;
  if (whenClosed === 'wait') {
    notice(recovery, {
      severity: 'warning',
      title: `${input.engineId}: market closed, monitoring only`,
      text: `${closed.venues.join(', ')}. Trading resumes by itself when every venue is open.`,
      key: 'market-closed',
    });
    return patience.awaitMarketOpen({ ...input, recheckMs });
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
      : `Market conditions are unknown for ${verdict.what.join(', ')}`;
  await requireApproval(recovery, {
    kind: 'volatility',
    question: `${what}. Resume trading?`,
    onApprove: 'the ramp begins in this market',
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { verdict },
  });
}
