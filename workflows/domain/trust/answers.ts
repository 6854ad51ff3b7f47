/**
 * An answer to a question: of an activity to its workflow, of a workflow to a query or an update. It
 * names what it answers, so that a recorded one cannot stand in for another.
 */
import { z } from 'zod';

export const Answer = z.strictObject({
  answers: z.strictObject({
    name: z.string().min(1).max(200),
    /** Of the question; null where it had none. */
    id: z.string().min(1).max(1_200).nullable(),
  }),
  /** Missing where there is nothing to say. */
  value: z.unknown().optional(),
});
export type Answer = z.infer<typeof Answer>;

export function answerTo(question: Answer['answers'], value: unknown): Answer {
  return { answers: question, value };
}

/** Null where the value is no answer. */
export function answerOf(value: unknown): Answer | null {
  const parsed = Answer.safeParse(value);
  // As it came: a copy by the schema would lose what is remembered of the value.
  return parsed.success ? (value as Answer) : null;
}

/** Why it does not answer this question, as the end of a sentence; null where it does. */
export function besides(answer: Answer, question: Answer['answers']): string | null {
  const { name, id } = answer.answers;
  if (name !== question.name) return `answers "${name}", not "${question.name}"`;
  return id === question.id ? null : 'answers another question of that name';
}
