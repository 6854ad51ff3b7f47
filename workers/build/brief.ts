/**
 * The commands that end at once, in few files with all that they load: `relight status` is mostly Node
 * finding and reading the 900 files of its libraries.
 *
 * Invariants: services are never among it, and what only other commands need stays a package; the bundle
 * may stand in any folder two below one with `package.json` and `node_modules`.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded by other commands only, or tied to files of their own. */
const LEFT_OUT = [
  './processes/services.js',
  'ccxt',
  'dejavu-fonts-ttf',
  'execa',
  'fastify',
  'koffi',
  'pdfkit',
  'systeminformation',
  'tsx',
];

/**
 * Libraries that are CommonJS require Node's own modules, which a module has to be given; under a name that no
 * module of ours imports, which would then stand in one file twice.
 */
const REQUIRE =
  "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);";

/** Of another entry for comparison. Writes `brief.js`, and beside it the folder `brief` of what is loaded later. */
export async function bundleBrief(outdir: string, entry = 'workers/main.ts'): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { brief: entry },
    outdir,
    chunkNames: 'brief/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: REQUIRE },
    external: LEFT_OUT,
    logLevel: 'warning',
  });
}
