/** What a test opens is closed after it; so is what a part of the bench opens. */
export async function closing<T>(
  measure: (t: { after: (close?: unknown) => void }) => Promise<T>,
): Promise<T> {
  const open: (() => unknown)[] = [];
  try {
    return await measure({ after: (close) => void open.push(close as () => unknown) });
  } finally {
    for (const close of open.toReversed()) await close();
  }
}
