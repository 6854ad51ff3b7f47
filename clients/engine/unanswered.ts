/** Why nothing of an engine has answered over HTTP, and whether that says that nobody is there. */
import { SILENT, UNCLEAR } from '../../workflows/domain/failure.js';
import { failure } from '../../workflows/failure.js';

/** Only where nobody listens is nobody there: whoever is late, or breaks off, may be hung. */
export function unanswered(path: string, error: unknown) {
  const isRefused = nobodyListens(error);
  const why = isRefused ? 'nobody listens' : error instanceof Error ? error.name : 'failed';
  const said = `${path} of the engine does not answer (${why})`;
  return failure('EngineUnreachable', said, isRefused ? SILENT : UNCLEAR);
}

/** At every address of its name that this host can try. */
function nobodyListens(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const codes = causes.map((each) =>
    each instanceof Error ? (each as NodeJS.ErrnoException).code : undefined,
  );
  return codes.includes('ECONNREFUSED') && codes.every((code) => NOT_THERE.includes(code ?? ''));
}

const NOT_THERE = ['ECONNREFUSED', 'EADDRNOTAVAIL'];
