/** Every kind of entry in `liveness` that names a process: a new one is a module of this folder and a line here. */
import type { LivenessEntry } from '../settings.js';
import { helloSource } from './hello.js';
import type { Source } from './source.js';

export const SOURCES: readonly Source[] = [helloSource];

/** Whether it says which process is the engine. */
export function namesProcess(entry: LivenessEntry): boolean {
  return SOURCES.some((source) => source.names(entry));
}
