/** `npm run schema`: the published JSON Schemas, made from the schemas that the code uses. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  OrdersAnswer,
  PositionsAnswer,
  ReconcileAnswer,
  ShutdownAnswer,
  WatchPass,
} from '../clients/cli/answers/schemas.js';
import { Config } from '../workers/config/schema.js';
import { DemoResult } from './demo/result.js';

export const PUBLISHED = {
  'config.schema.json': { schema: Config, title: 'Relight configuration', io: 'input' },
  'demo-result.schema.json': { schema: DemoResult, title: 'npm start -- --json', io: 'output' },
  'answers/reconcile.schema.json': answer('reconcile', ReconcileAnswer),
  'answers/positions.schema.json': answer('positions', PositionsAnswer),
  'answers/orders.schema.json': answer('orders', OrdersAnswer),
  'answers/watch.schema.json': answer('watch', WatchPass),
  'answers/shutdown.schema.json': answer('shutdown', ShutdownAnswer),
} as const;

function answer<Schema extends z.ZodType>(command: string, schema: Schema) {
  return { schema, title: `relight ${command} --json`, io: 'output' } as const;
}

export function schemaText(name: keyof typeof PUBLISHED): string {
  const { schema, title, io } = PUBLISHED[name];
  const json = { title, ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
  // The default of `host` is the machine's own name, which no published file should tell.
  return `${JSON.stringify(json, (key, value: unknown) => (isHostDefault(key, value) ? undefined : value), 2)}\n`;
}

function isHostDefault(key: string, value: unknown): boolean {
  return key === 'default' && value === Config.shape.host.parse(undefined);
}

export function publish(): void {
  for (const name of Object.keys(PUBLISHED) as (keyof typeof PUBLISHED)[]) {
    writeFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), schemaText(name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) publish();
