/**
 * How a started engine comes to hold the recovered state: from the file that the recovery wrote, from the
 * venues by itself, or because each difference is told to it.
 *
 * Invariant: one that boots from the file is never asked for less than the whole of it.
 */
import { z } from 'zod';

export const BootFrom = z.enum(['file', 'venues', 'import']);
export type BootFrom = z.infer<typeof BootFrom>;

/** When an engine that is told what it holds is told it. */
export const ImportsAt = z.enum(['before_start', 'after_start']);
export type ImportsAt = z.infer<typeof ImportsAt>;

export interface Boot {
  from: BootFrom;
  imports: ImportsAt;
  /** It can read the venues again by itself, before it is compared. */
  syncs: boolean;
}

export interface BootSettings {
  /** Null where nobody has said. */
  boot: BootFrom | null;
  imports: ImportsAt;
  /** Whether it is, or may be, given the recovered checkpoint. */
  takesFile: boolean;
  /** Whether it takes a position or an order. */
  takesEntries: boolean;
  syncs: boolean;
}

export function bootOf(settings: BootSettings): Boot {
  const { boot, imports, takesFile, takesEntries, syncs } = settings;
  const usual = takesFile ? 'file' : takesEntries ? 'import' : 'venues';
  return { from: boot ?? usual, imports, syncs };
}

/** Nothing is to be done but to start it and to compare. */
export function isPlain({ from, syncs }: Boot): boolean {
  return from === 'file' && !syncs;
}
