/** What the user has to say otherwise. Its text is for people. */
export class UsageError extends Error {
  override name = 'UsageError';
}
