/** No server, or none that lets us in: nothing was asked of it yet. */
export class TemporalUnreachable extends Error {
  override name = 'TemporalUnreachable';
}

/** Says which address it was: the texts of the SDK do not. */
export async function reaching<T>(address: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    const why = (error instanceof Error ? error.message : 'unknown').split('\n')[0] ?? '';
    throw new TemporalUnreachable(`no connection to ${address} (${why})`, { cause: error });
  }
}
