/** All evidence at once, for whoever waits for it and needs no sign of life. */
export const WHOLE = { part: 'all', onProgress: () => undefined } as const;
