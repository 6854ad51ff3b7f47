/**
 * What a kind of entry in an engine's `liveness` is, as it is configured.
 *
 * Invariant: who reads a configuration loads no probe for it, which looks at processes and files.
 */
import type { z } from 'zod';

/** Whether two engines of a host may name the same file there. */
type PathUse = 'own' | 'shared';

export interface Kind<S extends z.ZodObject = z.ZodObject> {
  /** The word in the configuration. */
  kind: string;
  /** Strict, with `kind` as its literal, and bounds for the rest. */
  Settings: S;
  /** Settings that are paths: they are relative to the file of the configuration. */
  paths: Readonly<Record<string, PathUse>>;
  /** One list has at most one of it. */
  once: boolean;
  /** Whether the entry says which process is the engine: then a source of that kind is started too. */
  names: (entry: unknown) => boolean;
}

export function defineKind<S extends z.ZodObject>(given: {
  kind: z.output<S>['kind'] & string;
  Settings: S;
  paths?: Readonly<Record<string, PathUse>>;
  once?: boolean;
  names?: (entry: z.output<S>) => boolean;
}): Kind<S> {
  const { kind, Settings, paths = {}, once = false, names = () => false } = given;
  return { kind, Settings, paths, once, names: (entry) => names(Settings.parse(entry)) };
}
