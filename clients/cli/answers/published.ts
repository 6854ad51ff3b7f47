/** The answers of commands whose schemas are published, by their files under docs/. */
import type { z } from 'zod';
import { ChecklistsAnswer } from './checklist.js';
import { DoctorAnswer } from './doctor.js';
import { EngineCheckAnswer } from './engine-check.js';
import { PlanAnswer } from './plan.js';
import { IncidentsAnswer, WholeIncident } from './incidents.js';
import { KeysAnswer, KeyTestAnswer } from './keys.js';
import { OrdersAnswer, PositionsAnswer, ReconcileAnswer, WatchPass } from './schemas.js';
import { ReleaseAnswer, ShutdownAnswer } from './shutdown.js';

export const PUBLISHED = {
  'answers/reconcile.schema.json': published('reconcile', ReconcileAnswer),
  'answers/positions.schema.json': published('positions', PositionsAnswer),
  'answers/orders.schema.json': published('orders', OrdersAnswer),
  'answers/shutdown.schema.json': published('shutdown', ShutdownAnswer),
  'answers/release.schema.json': published('shutdown --release', ReleaseAnswer),
  'answers/doctor.schema.json': published('doctor', DoctorAnswer),
  'answers/engine-check.schema.json': published('engine check', EngineCheckAnswer),
  'answers/checklist.schema.json': published('checklist', ChecklistsAnswer),
  'answers/plan.schema.json': published('plan', PlanAnswer),
  'answers/keys.schema.json': published('keys', KeysAnswer),
  'answers/keys-test.schema.json': published('keys test', KeyTestAnswer),
  'answers/incidents.schema.json': published('incidents', IncidentsAnswer),
  'answers/incident.schema.json': published('incident', WholeIncident),
  'answers/watch.schema.json': published('watch', WatchPass),
};

function published(command: string, schema: z.ZodType) {
  return { schema, title: `relight ${command} --json`, io: 'output' as const };
}
