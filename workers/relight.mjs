#!/usr/bin/env node
// The command `relight` from a checkout: runs the TypeScript source. A build runs dist/workers/main.js.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
