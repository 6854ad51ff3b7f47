/** The programs of the kits, built once for each text of theirs, with every warning an error. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNo, whyNoRust } from '../needs.js';

export const KITS = join(import.meta.dirname, '../../kits');
export const VECTORS = join(KITS, 'vectors');

export interface Kit {
  language: 'C++' | 'Rust';
  /** Why its programs cannot be built here, or false. */
  why: string | false;
  /** Gives the path of the program, with these texts of its source in place of others. */
  built: (program: 'conformance' | 'cost' | 'example', changes?: Changes) => string;
  /** As its example is where its exchange may lose orders: it has no word of any. */
  unanswered: Changes;
}

type Changes = readonly (readonly [from: string, to: string])[];

export const ALL_KITS: readonly Kit[] = [
  {
    language: 'C++',
    why: whyNo('c++'),
    built: (program, changes) => {
      const source = program === 'example' ? 'example-engine.cpp' : `${program}.cpp`;
      const flags = '-std=c++17 -O2 -pthread -Wall -Wextra -Wpedantic -Wconversion -Werror';
      return builtFrom('cpp', source, ['c++', ...flags.split(' ')], changes);
    },
    unanswered: [
      [
        'order.state = "open", order.venue_order_id = "v-" + client_order_id;',
        'order.state = "in_flight";',
      ],
    ],
  },
  {
    language: 'Rust',
    why: whyNoRust(),
    built: (program, changes) => {
      const source = program === 'example' ? 'example_engine.rs' : `${program}.rs`;
      const compiler = ['rustc', ...'--edition 2021 -O -D warnings'.split(' ')];
      return builtFrom('rust', source, compiler, changes);
    },
    unanswered: [
      ['order.state = "open".into();', 'order.state = "in_flight".into();'],
      ['Some(format!("v-{id}"))', 'None'],
    ],
  },
];

/** Kept between runs by the hash of all that it is made of. */
function builtFrom(
  folder: string,
  source: string,
  [compiler = '', ...flags]: string[],
  changes: Changes = [],
): string {
  const home = join(KITS, folder);
  const texts = readdirSync(home).map((name): [string, string] => {
    const text = readFileSync(join(home, name), 'utf8');
    return [name, name === source ? changes.reduce(changed, text) : text];
  });
  const key = createHash('sha256')
    .update(JSON.stringify([compiler, flags, texts]))
    .digest('hex');
  const kept = join(tmpdir(), `relight-kits-${process.getuid?.() ?? 0}`, key.slice(0, 16));
  const program = join(kept, `${folder}-${source.replace(/\..*/, '')}`);
  if (existsSync(program)) return program;
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const texted = mkdtempSync(join(kept, 'source-'));
  for (const [name, text] of texts) writeFileSync(join(texted, name), text);
  const part = `${program}.${process.pid}`;
  execFileSync(compiler, [...flags, '-o', part, join(texted, source)], { stdio: 'inherit' });
  renameSync(part, program);
  rmSync(texted, { recursive: true });
  return program;
}

function changed(text: string, [from, to]: Changes[number]): string {
  if (!text.includes(from)) throw new Error(`the source has no "${from}"`);
  return text.replaceAll(from, to);
}
