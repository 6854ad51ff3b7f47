/**
 * `relight completion SHELL`: what a shell offers after TAB, made from the table of commands, so that nothing is
 * offered that is not there. The script asks nobody: it holds all words.
 */
import type { Command } from 'commander';
import { EXIT, print } from '../../output.js';

export type Shell = 'bash' | 'zsh' | 'fish';

interface Word {
  word: string;
  /** For people; zsh and fish show it. */
  about: string;
}

interface Place {
  /** The words that lead there, such as `keys messages`; empty at the beginning. */
  path: string;
  words: Word[];
}

export function completion(program: Command, shell: Shell): number {
  const places = placesBelow(program, []);
  print({ bash: bashScript, zsh: zshScript, fish: fishScript }[shell](places));
  return EXIT.done;
}

function placesBelow(command: Command, path: readonly string[]): Place[] {
  const { commands } = command;
  const names = commands.map((below) => ({ word: below.name(), about: below.description() }));
  const place = { path: path.join(' '), words: [...names, ...optionsOf(command)] };
  return [place, ...commands.flatMap((below) => placesBelow(below, [...path, below.name()]))];
}

function optionsOf(command: Command): Word[] {
  const help = command.createHelp();
  const own = help.visibleOptions(command);
  const global = command.parent === null ? [] : help.visibleGlobalOptions(command);
  const known = new Map(
    [...own, ...global].map(({ long, short, description }) => [long ?? short ?? '', description]),
  );
  return [...known].map(([word, about]) => ({ word, about }));
}

/** In single quotes, of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Words that are commands so far are joined, and all others passed over: what is left names the place. zsh
 * has a variable `path` of its own.
 */
function walk(
  places: readonly Place[],
  { first, last, word }: { first: string; last: string; word: string },
): string {
  const paths = places.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join('|');
  return `
  local typed='' i
  for ((i = ${first}; i < ${last}; i++)); do
    case "$typed\${typed:+ }${word}" in
      ${paths}) typed="$typed\${typed:+ }${word}" ;;
    esac
  done`;
}

function bashScript(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => {
    return `    ${quoted(path)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`;
  });
  return `# relight, for bash: source <(relight completion bash)
_relight() {${walk(places, { first: '1', last: 'COMP_CWORD', word: '${COMP_WORDS[i]}' })}
  local words=''
  case "$typed" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _relight relight`;
}

function zshScript(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => {
    const shown = words.map(({ word, about }) => quoted(`${word.replaceAll(':', '\\:')}:${about}`));
    return `    ${quoted(path)}) found=(${shown.join(' ')}) ;;`;
  });
  return `#compdef relight
# relight, for zsh: relight completion zsh > a folder of $fpath/_relight
_relight() {${walk(places, { first: '2', last: 'CURRENT', word: '${words[i]}' })}
  local -a found
  case "$typed" in
${cases.join('\n')}
  esac
  _describe 'relight' found || _files
}
compdef _relight relight`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) => {
    const names = path.split(' ').filter((name) => name !== '');
    const below = words.flatMap(({ word }) => (word.startsWith('-') ? [] : [word]));
    const when = [
      ...names.map((name) => `__fish_seen_subcommand_from ${name}`),
      ...(below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`]),
    ].join('; and ');
    return words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c relight -n ${quoted(when)} ${what} -d ${quoted(about)}`;
    });
  });
  return ['# relight, for fish: relight completion fish | source', ...lines].join('\n');
}
