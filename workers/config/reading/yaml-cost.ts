/**
 * What a YAML text would cost its parser, told before it is parsed.
 *
 * The parser goes down a level for a level: at the end of the stack Node may fail to compile a pattern,
 * which ends the process and not the call. And it looks for each alias through the whole text.
 *
 * Invariant: one walk over the tokens, without recursion.
 */
import { CST, Lexer } from 'yaml';
import { ConfigError } from '../error.js';

/** A configuration is nine levels deep. */
const DEEPEST = 32;
const WIDEST_INDENT = 200;
const MOST_ALIASES = 1_000;

interface Cost {
  braces: number;
  /** `-` and `?` of one line, each of which nests what follows. */
  marks: number;
  aliases: number;
  indent: number;
}

/** Fails with a ConfigError. */
export function refuseCostly(text: string): void {
  const cost: Cost = { braces: 0, marks: 0, aliases: 0, indent: 0 };
  let beginsLine = true;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    cost.indent = beginsLine && type === 'space' ? token.length : 0;
    beginsLine = type === 'newline';
    if (beginsLine) cost.marks = 0;
    add(cost, type);
    if (cost.braces > DEEPEST || cost.marks > DEEPEST || cost.indent > WIDEST_INDENT) {
      throw new ConfigError('it is nested too deeply');
    }
    if (cost.aliases > MOST_ALIASES) {
      throw new ConfigError(`it has more than ${MOST_ALIASES} aliases`);
    }
  }
}

function add(cost: Cost, type: ReturnType<typeof CST.tokenType>): void {
  if (type === 'flow-seq-start' || type === 'flow-map-start') cost.braces += 1;
  if (type === 'flow-seq-end' || type === 'flow-map-end') cost.braces -= 1;
  if (type === 'seq-item-ind' || type === 'explicit-key-ind') cost.marks += 1;
  if (type === 'alias') cost.aliases += 1;
}
