/** The entry of the workflow bundle. */
export { engineGuardian } from './engine-guardian.js';
export { recoverEngine } from './recover-engine.js';
