/**
 * `npm run sbom`: the bill of materials (CycloneDX) of what is delivered, into sbom.cdx.json, and the
 * licences of the same, into NOTICE. Both from the lockfile alone, so that they are the same anywhere.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { licenceOf, lockedPackages, noticeText, ROOT } from './licences.js';

const Component = z.looseObject({
  'bom-ref': z.string(),
  name: z.string(),
  version: z.string(),
  licenses: z.array(z.unknown()).default([]),
  hashes: z.array(z.unknown()).default([]),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});

const Sbom = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(Component),
  dependencies: z.array(z.looseObject({ ref: z.string() })),
});
type Sbom = z.infer<typeof Sbom>;

const LARGEST = 64 * 1024 * 1024;
const DEVELOPMENT = 'cdx:npm:package:development';

/** npm's own; its `--omit dev` also leaves out what development and the product share. */
export function makeSbom(): Sbom {
  const args = [
    'sbom',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
    '--package-lock-only',
  ];
  const text = execFileSync('npm', args, {
    cwd: fileURLToPath(ROOT),
    encoding: 'utf8',
    maxBuffer: LARGEST,
  });
  return delivered(Sbom.parse(JSON.parse(text)));
}

function delivered(sbom: Sbom): Sbom {
  const locked = new Map(lockedPackages().map((one) => [`${one.name}@${one.version}`, one]));
  const kept = sbom.components.filter(
    ({ properties }) => !properties.some(({ name }) => name === DEVELOPMENT),
  );
  const components = kept.map((component) => {
    const one = locked.get(`${component.name}@${component.version}`);
    const licence = one === undefined ? null : licenceOf(one);
    const licenses = licence === null ? [] : [{ license: { name: licence } }];
    return component.licenses.length > 0 ? component : { ...component, licenses };
  });
  const out = new Set(sbom.components.map((component) => component['bom-ref']));
  for (const component of kept) out.delete(component['bom-ref']);
  // npm calls it by the folder that it lies in.
  const component = { ...sbom.metadata.component, name: 'relight' };
  return {
    ...sbom,
    metadata: { ...sbom.metadata, component },
    components,
    dependencies: sbom.dependencies.filter(({ ref }) => !out.has(ref)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('sbom.cdx.json', ROOT), `${JSON.stringify(makeSbom(), null, 2)}\n`);
  writeFileSync(new URL('NOTICE', ROOT), noticeText(lockedPackages()));
}
