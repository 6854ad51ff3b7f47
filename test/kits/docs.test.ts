/** What docs/kits.md tells an engine team to write and to run does build, and hold. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf } from '../clients/host/processes.js';
import { ALL_KITS, KITS } from './programs.js';

const PAGE = readFileSync(join(KITS, '../docs/kits.md'), 'utf8');

function blocksOf(language: string): string[] {
  const blocks = PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'));
  return [...blocks].map(([, text]) => text ?? '');
}

const COMMANDS = blocksOf('sh').flatMap((block) => block.trimEnd().split('\n'));
const PAGES = {
  'C++': { block: 'cpp', source: 'alpha.cpp', kit: 'cpp/relight.hpp', compiler: 'g++' },
  Rust: { block: 'rust', source: 'alpha.rs', kit: 'rust/relight.rs', compiler: 'rustc' },
} as const;

for (const { language, why } of ALL_KITS) {
  test(`the page's engine and commands in ${language}`, { skip: why }, (t) => {
    const { block, source, kit, compiler } = PAGES[language];
    const folder = folderOf(t);
    const [engine = ''] = blocksOf(block);
    writeFileSync(join(folder, source), engine);
    cpSync(join(KITS, kit), join(folder, kit.replace(/.*\//, '')));
    cpSync(KITS, join(folder, 'kits'), { recursive: true });
    const commands = COMMANDS.filter((command) => command.startsWith(compiler));
    assert.equal(commands.length, 2);
    for (const command of commands) {
      const said = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
      assert.ok(!said.includes('FAILED'));
    }
  });
}

test('no command of the page is left untried', () => {
  assert.equal(COMMANDS.length, 4);
});
