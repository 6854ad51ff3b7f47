/** `npm run schema`: the published JSON Schemas, from where the schemas that the code uses are made. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PUBLISHED as ANSWERS } from '../../clients/cli/answers/published.js';
import { PUBLISHED as STATUS } from '../../clients/cli/answers/status.js';
import { PUBLISHED as DEMO } from '../../sandbox/demo/result.js';
import { PUBLISHED as CONFIG } from '../../workers/config/schema.js';

interface Published {
  schema: z.ZodType;
  title: string;
  io: 'input' | 'output';
}

/** By their files under docs/. */
export const PUBLISHED: Readonly<Record<string, Published>> = {
  ...CONFIG,
  ...DEMO,
  ...ANSWERS,
  ...STATUS,
};

export function schemaText({ schema, title, io }: Published): string {
  const json = { title, ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
  return `${JSON.stringify(json, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, published] of Object.entries(PUBLISHED)) {
    const file = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
    writeFileSync(file, schemaText(published));
  }
}
