/** What names a process, by the kind of its entry: a new one is a module of this folder and a line here. */
import { heartbeatSource } from './heartbeat.js';
import { helloSource } from './hello.js';
import { processSources } from './process.js';
import type { Source } from './source.js';

export const SOURCES: readonly Source[] = [helloSource, heartbeatSource, ...processSources];
