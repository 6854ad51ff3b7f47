/**
 * What the timeline and the list of events in the Temporal UI say of each activity: what is done and for
 * which engine, in place of a name of the code. Of timers it is said where they are set.
 *
 * Invariants: every activity has words, and the types hold it; they are bounded far below what a server
 * takes (400 bytes with all that signing and encryption add), and what comes from outside is printable.
 */
import type { ControlPlaneActivities, HostActivities } from '../contract/index.js';
import { printable } from '../domain/content/printable.js';
import { cutToBytes } from '../domain/content/shortened.js';
import type { Shown } from '../domain/gates/decision.js';

type Activities = ControlPlaneActivities & HostActivities;
type Input<Name extends keyof Activities> = Parameters<Activities[Name]>[0];

/** Bytes; escapes of JSON may double them. */
const LONGEST = 120;

/** One line of plain text. */
export function summaryText(text: string): string {
  return cutToBytes(printable(text), LONGEST);
}

/** Of the timer of a gate: the question itself, since the timeline is what a person sees first. */
export function waitingSummary({ question }: Pick<Shown, 'question'>): string {
  return summaryText(`WAITING FOR YOU: ${question}`);
}

export function activitySummary(name: string, input: unknown): string {
  const words = (WORDS as Partial<Record<string, string | ((input: never) => string)>>)[name];
  if (words === undefined) return name;
  return summaryText(typeof words === 'string' ? words : words(input as never));
}

const WORDS: { [Name in keyof Activities]: string | ((input: Input<Name>) => string) } = {
  loadRules: ({ engineId }) => `Read policy and people of ${engineId}`,
  lookAtRecovery: ({ workflowId }) => `Whose ${workflowId} is`,
  recallGuardian: ({ engineId }) => `Recall what was known of ${engineId}`,
  watchRecovery: ({ workflowId }) => `Watch ${workflowId} until it ends`,
  endRecovery: ({ workflowId }) => `End ${workflowId}, which is stuck`,
  listOwnOrders: ({ engineId }) => `List the open orders of ${engineId}`,
  containRisk: ({ engineId, action }) => `Contain ${engineId}: ${plain(action)}`,
  renewDeadManSwitches: ({ engineId }) => `Keep the dead-man switches of ${engineId} alive`,
  reconstructState: 'Rebuild the state from the exchanges',
  loadShadow: ({ engineId }) => `Look for a shadow checkpoint of ${engineId}`,
  takeSnapshot: ({ engineId }) => `Read positions, orders and fills of ${engineId} at its venues`,
  readMarketAtEnd: ({ engineId }) => `Read what ${engineId} leaves in the market`,
  surveyMarket: ({ engineId }) => `Look what ${engineId} has in the market, for a question`,
  awaitReadable: ({ engineId }) => `Wait until the venues of ${engineId} can be read`,
  compareBooks: ({ engineId }) => `Compare the books of ${engineId} with its venues`,
  reconcilePositions: ({ engineId }) => `Reconcile the positions of ${engineId}`,
  inferFills: ({ engineId }) => `Look whether orders of ${engineId} explain the differences`,
  releaseBreaker: 'Take the breaker out of the recovered state',
  recoverOpenOrders: ({ engineId }) => `Find the fate of each order of ${engineId}`,
  dropUnknownOrders: 'Leave out the orders of which nothing is known',
  measureExposure: ({ engineId, maxExposure }) =>
    `Measure the exposure of ${engineId} (limit ${maxExposure})`,
  checkMarket: ({ maxVolatility }) => `Check the market (volatility up to ${maxVolatility})`,
  awaitMarketOpen: ({ engineId }) => `Wait until the market of ${engineId} is open and calm`,
  writeReport: 'Write the report and the JSON record',
  notify: ({ title }) => `Tell people: ${title}`,
  notifyChannel: ({ channel, notice }) => `Tell again by ${channel}: ${notice.title}`,
  confirmDeath: ({ report }) => `Make sure that ${report.instance.instanceId} is dead`,
  collectEvidence: ({ report }) => `Gather evidence of ${report.instance.instanceId}`,
  completeEvidence: ({ report }) => `Complete the evidence of ${report.instance.instanceId}`,
  inspectCheckpoints: ({ engineId }) => `Look at the checkpoints of ${engineId}`,
  loadCheckpoint: ({ name }) => `Load checkpoint ${name}`,
  readIntents: ({ engineId }) => `Read the intent journal of ${engineId}`,
  writeRecoveredCheckpoint: ({ engineId }) => `Write the recovered checkpoint of ${engineId}`,
  importState: ({ engineId }) => `Hand the recovered state to ${engineId}`,
  syncEngine: ({ engineId }) => `Have ${engineId} read its venues again`,
  startEngine: ({ instanceId }) => `Start ${instanceId}, not trading`,
  awaitStarted: ({ engineId }) => `Wait for ${engineId}, which a person starts`,
  awaitReady: ({ instanceId }) => `Wait until ${instanceId} is well`,
  checkComprehensiveHealth: ({ instanceId }) => `Check health and state of ${instanceId}`,
  stopEngine: ({ instanceId, mode }) => `Stop ${instanceId} (${mode})`,
  turnKillSwitch: ({ engineId, turn }) => `Kill switch of ${engineId}: ${turn}`,
  stopByKillSwitch: ({ engineId }) => `Kill switch: stop ${engineId}`,
  verifyRiskLimits: ({ engineId }) => `Compare the risk limits that ${engineId} has loaded`,
  applyStage: ({ instanceId, stage }) => `Set ${instanceId} to ${stage.percent} % of its limits`,
  watchEngine: ({ instanceId }) => `Watch the health of ${instanceId}`,
  lookAtEngine: ({ engineId }) => `Look whether ${engineId} lives`,
  leaveHost: ({ engineId }) => `${engineId} leaves this host`,
  enterHost: ({ engineId }) => `${engineId} comes to this host`,
  readEngineState: ({ engineId }) => `Read the books that ${engineId} holds`,
};

function plain(word: string): string {
  return word.replaceAll('_', ' ');
}
