/** The policy of a world that a test waits for: windows of a second, and a ramp of what stages it is given. */

/** Of a stage that is watched. */
export const STAGE = { soakMs: 200, monitorMs: 1_000 };

interface Stage {
  percent: number;
  strategies: 'low' | 'medium' | 'all';
  soakMs: number;
  monitorMs: number;
}

export function shortPolicy({ settleMs, stages }: { settleMs: number; stages: readonly Stage[] }) {
  return {
    health: { settleMs },
    orders: { arrivalMs: 1_000 },
    risk: { breaker: 'none' },
    reconciliation: { recheckMs: 1_000 },
    ramp: { checkEveryMs: 200, manualMonitorMs: 1_000, stages },
  };
}
