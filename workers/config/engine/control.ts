/**
 * How an engine is started, steered and stopped: over HTTP, by commands of the team's own, as freqtrade, or by people.
 *
 * Invariant: a command may answer only in a form that tells what is asked of it (docs/commands.md).
 */
import { z } from 'zod';
import {
  FORMS,
  type AnswerForm,
  type CommandName,
} from '../../../clients/engine/commands/command-names.js';
import { HttpOffer } from '../../../workflows/domain/engine/control.js';
import { RiskLevel } from '../../../workflows/domain/policy/policy.js';
import { listOf, ms, recordOf } from '../../../workflows/domain/policy/values.js';
import {
  Argv,
  FilePath,
  Patience,
  ServerUrl,
  UserName,
  VariableName,
  VariableValue,
  InstructionText,
} from '../values.js';

const MOST_VARIABLES = 500;
/** An activity waits for it, and has a minute. */
const MOST_START_MS = 45_000;
const MOST_STOP_MS = 60_000;

const Launch = {
  start: z
    .union([
      Argv,
      z.strictObject({
        argv: Argv,
        returnsWithinMs: ms({ least: 1, most: MOST_START_MS }).describe(
          'it starts the engine and returns within this time; what it leaves is the engine',
        ),
      }),
    ])
    .nullable()
    .default(null)
    .describe(
      'argv of the engine itself, without trading; or {argv, returnsWithinMs} of a command that starts it; ' +
        '{state} {epoch} {instance}; left out only where process is by_hand',
    ),
  stopWithinMs: ms({ least: 1, most: MOST_STOP_MS })
    .nullable()
    .default(null)
    .describe(
      'how long it may take to stop, once it took the order; null: 5 s, the kill switch 2 s',
    ),
  workingFolder: FilePath,
  logFile: FilePath,
  environment: recordOf(VariableName, VariableValue, MOST_VARIABLES).default({}),
  user: z
    .union([UserName, z.number().int().min(0).max(4_294_967_294)], {
      error: 'write the name of a user, or its number',
    })
    .nullable()
    .default(null)
    .describe(
      'a user of the engine alone, by name or number, whom the agent (as root) starts it as',
    ),
  timeoutMs: Patience.default(10_000),
};

/** Who starts it: `control.start`, or a person. */
export const ProcessSettings = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('launch') }),
    z.strictObject({
      kind: z.literal('by_hand'),
      instruction: InstructionText.describe('what a person is told to do, at a gate'),
      readyWithinMs: ms({ least: 1, most: 1_800_000 })
        .nullable()
        .default(null)
        .describe('from the confirmation until it is well; null: policy.health.readyWithinMs'),
    }),
  ])
  .prefault({ kind: 'launch' });

/** In place of writes that its control surface does not offer. */
export const Instructions = z.strictObject({
  setLimits: InstructionText.default('set the position limits to {percent} % of the full limits'),
  enableStrategies: InstructionText.default('enable the strategies of risk level {level}'),
  shutdown: InstructionText.default('stop the engine').describe(
    'what is said where its processes cannot be ended from here',
  ),
});

/** Its arguments, and within which time it returns; undefined where it is the engine itself. */
export function startCommand(start: NonNullable<z.infer<typeof Launch.start>>): {
  argv: string[];
  returnsWithinMs: number | undefined;
} {
  return 'argv' in start ? start : { argv: start, returnsWithinMs: undefined };
}

const answersOf = (name: CommandName) => {
  const forms: readonly AnswerForm[] = FORMS[name];
  return z
    .enum(forms as readonly [AnswerForm, ...AnswerForm[]])
    .default(forms[0] as AnswerForm)
    .describe('json: it prints the contract; exit: by its exit code; docs/commands.md');
};

/** Program and arguments, with its way to answer where that is not JSON. */
function command<Extra extends z.ZodRawShape>(name: CommandName, extra: Extra) {
  return z.union([Argv, z.strictObject({ argv: Argv, answers: answersOf(name), ...extra })]);
}

const plain = (name: CommandName) => command(name, {});

const CommandControl = z.strictObject({
  kind: z.literal('commands'),
  commands: z.strictObject({
    quickHealth: plain('quickHealth').optional(),
    comprehensiveHealth: plain('comprehensiveHealth').optional(),
    stateDigest: plain('stateDigest').optional(),
    state: plain('state').optional(),
    riskLimits: plain('riskLimits').optional(),
    setLimits: plain('setLimits').optional(),
    enableStrategies: command('enableStrategies', {
      levels: z
        .partialRecord(RiskLevel, Argv)
        .default({})
        .describe('level → argv in place of it, for levels that are asked for otherwise'),
    }).optional(),
    shutdown: plain('shutdown').optional(),
    sync: plain('sync').optional(),
    updatePosition: plain('updatePosition').optional(),
    importOrder: plain('importOrder').optional(),
    openOrders: plain('openOrders').optional(),
    exposure: plain('exposure').optional(),
  }),
  ...Launch,
});

/** An engine that nobody can ask anything: what it is started by, at most. */
const NoControl = z.strictObject({
  kind: z.literal('none'),
  ...Launch,
  workingFolder: FilePath.default('/'),
  logFile: FilePath.nullable().default(null),
});

export function controlSettings<Secret extends z.ZodType>(secret: Secret) {
  const http = z.strictObject({
    kind: z.literal('http'),
    url: ServerUrl,
    token: secret.nullable().default(null),
    offers: listOf(HttpOffer, { least: 0, most: HttpOffer.options.length })
      .default([])
      .describe(
        'what it offers beside the rest of the contract (docs/engine-control.openapi.yaml)',
      ),
    ...Launch,
  });
  const freqtrade = z.strictObject({
    kind: z.literal('freqtrade'),
    url: ServerUrl.describe('of its api_server, without /api/v1'),
    auth: secret.describe('user:password of its api_server'),
    dryRun: z.boolean().default(false).describe('it is meant to trade with no venue (dry_run)'),
    loopWithinMs: Patience.default(60_000).describe('its trading loop has hung after this'),
    ...Launch,
  });
  return z
    .discriminatedUnion('kind', [http, CommandControl, freqtrade, NoControl])
    .prefault({ kind: 'none' });
}
