/** Numbers of things as people say them: `1 order`, `2 orders`. */

/** `plural` where it takes more than an s. */
export function counted(count: number, thing: string, plural = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : plural}`;
}
