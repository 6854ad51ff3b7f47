/** How many crashes are one too many: those of the last while, which the caller's clock ends. */

/** The crash times that still count at `nowMs`. */
export function crashesInWindow(timesMs: readonly number[], nowMs: number, windowMs: number) {
  return timesMs.filter((time) => nowMs - time < windowMs);
}
