/** Step 8. Volatility from one-minute candles, and whether the venues are open for orders. */
import { Context } from '@temporalio/activity';
import type { MarketInput } from '../../workflows/contract/index.js';
import type { MarketVerdict } from '../../workflows/domain/policy/market.js';
import type { ControlPlanePorts } from '../ports.js';
import { serverNowMs } from '../procedures/reading/clock.js';
import { lookAtMarket } from '../procedures/reading/market.js';

export function createMarketActivities(ports: ControlPlanePorts) {
  const look = async ({ engineId, ...rules }: MarketInput): Promise<MarketVerdict> => {
    const accounts = ports.venues.ofEngine(engineId);
    const nowMs = serverNowMs(ports.clock);
    return lookAtMarket(accounts, ports.facts(engineId), { ...rules, nowMs });
  };
  return {
    checkMarket: look,

    /** Monitoring mode: returns when no venue is closed any more. */
    async awaitMarketOpen(input: MarketInput & { recheckMs: number }): Promise<MarketVerdict> {
      for (;;) {
        const verdict = await look(input);
        if (verdict.kind !== 'closed') return verdict;
        Context.current().heartbeat(verdict.venues);
        await Context.current().sleep(input.recheckMs);
      }
    },
  };
}
