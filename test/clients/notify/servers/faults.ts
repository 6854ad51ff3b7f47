/** What a service does wrong before it takes something, told by the test; and a plan of many such faults. */
export type Fault =
  /** Ends the connection at once. */
  | 'down'
  /** Answers nothing, and takes nothing. */
  | 'slow'
  | 'refuses'
  /** Takes it, and ends before it answers. */
  | 'killed';

/** `key`: of what is being sent, as far as the service sees it. */
export type NextFault = (key: string) => Fault | null;

export const NO_FAULTS: NextFault = () => null;

export interface Plan {
  next: NextFault;
  happened: Record<Fault, number>;
}

/** So many faults in all, and of one key at most one after which nobody knows whether it was taken. */
export function planOf(most: number, random: () => number): Plan {
  const happened = { down: 0, slow: 0, refuses: 0, killed: 0 };
  const killed = new Set<string>();
  const next: NextFault = (key) => {
    const total = Object.values(happened).reduce((sum, count) => sum + count, 0);
    if (total >= most || random() < 0.35) return null;
    const fault = faultFor(random());
    const isSecond = fault === 'killed' && killed.has(key);
    const chosen = isSecond ? 'refuses' : fault;
    if (chosen === 'killed') killed.add(key);
    happened[chosen] += 1;
    return chosen;
  };
  return { next, happened };
}

/** Slow ones cost time. */
function faultFor(share: number): Fault {
  if (share < 0.06) return 'slow';
  if (share < 0.35) return 'down';
  return share < 0.65 ? 'refuses' : 'killed';
}
