/** The search attributes by which recoveries are found. None of them may hold a secret. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const SEARCH_ATTRIBUTES = {
  RelightEngine: 'Keyword',
  RelightStep: 'Keyword',
  RelightOutcome: 'Keyword',
  RelightGate: 'Keyword',
  RelightCause: 'Keyword',
} as const;

export const engineAttribute = defineSearchAttributeKey('RelightEngine', 'KEYWORD');
export const stepAttribute = defineSearchAttributeKey('RelightStep', 'KEYWORD');
export const outcomeAttribute = defineSearchAttributeKey('RelightOutcome', 'KEYWORD');
export const gateAttribute = defineSearchAttributeKey('RelightGate', 'KEYWORD');
export const causeAttribute = defineSearchAttributeKey('RelightCause', 'KEYWORD');
