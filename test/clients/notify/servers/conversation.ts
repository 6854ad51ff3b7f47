/** Notices of an incident, from the crash to its end, as agent and recovery send them. */
import type { Notice } from '../../../../activities/ports.js';
import type { NoticeState } from '../../../../workflows/domain/notices/states.js';

const SEVERITIES: Partial<Record<NoticeState, Notice['severity']>> = {
  crashed: 'critical',
  asked: 'warning',
  reminded: 'warning',
  escalated: 'critical',
  expired: 'critical',
  alarm: 'critical',
  not_recovered: 'critical',
};
const ASKING: readonly NoticeState[] = ['asked', 'reminded', 'escalated'];
const ENDING: readonly NoticeState[] = ['answered', 'expired', 'withdrawn'];

/** `attempt`: of the question that it is about, where its state is of one. */
export function noticeOf(engineId: string, state: NoticeState, at: number, attempt = 1): Notice {
  const incidentId = `${engineId}/${engineId}-e0`;
  const gateId = `${incidentId}/exposure`;
  const command = (answer: string) => `relight ${answer} ${gateId} --evidence ${'ab'.repeat(32)}`;
  const answer = {
    gateId,
    approve: command('approve'),
    reject: command('reject'),
    expiresAtMs: 1_800_000_000_000,
  };
  return {
    incidentId,
    engineId,
    severity: SEVERITIES[state] ?? 'info',
    title: `${engineId}: ${state} at 1.5 BTC <!channel>`,
    text: `What is so: **${state}**, \`relight status\`, 12 orders`,
    dedupKey: state === 'crashed' ? `${incidentId}:crashed` : `${incidentId}:${state}:${at}`,
    state,
    atMs: 1_790_000_000_000 + at * 1_000,
    ...(ASKING.includes(state) ? { answer } : {}),
    ...([...ASKING, ...ENDING].includes(state) ? { question: `gate:exposure:${attempt}` } : {}),
  };
}

const WHOLE: readonly NoticeState[] = [
  'crashed',
  'working',
  'asked',
  'reminded',
  'answered',
  'recovered',
];

export function conversationOf(engineId: string, states = WHOLE): Notice[] {
  return states.map((state, at) => noticeOf(engineId, state, at));
}
