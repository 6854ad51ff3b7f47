/** `npm run vectors`: what the kits must write, from the product's code. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VECTORS, vectorsText } from './vectors.js';

for (const [name, vectors] of Object.entries(VECTORS)) {
  const file = fileURLToPath(new URL(`../../kits/vectors/${name}.json`, import.meta.url));
  writeFileSync(file, vectorsText(vectors));
}
