/**
 * Frames as gdb prints them, read as the functions of the program itself.
 *
 * Invariants: a name has nothing of a build in it (address, line, template or function arguments, suffixes of
 * the compiler); frames of the C and C++ run-times are dropped, because they are those of any death; what a signal
 * happened to interrupt is no part of a fault in its handler.
 */
/** Of the thread that died, innermost first. */
export interface Backtrace {
  /** Normalised functions of the program itself. */
  frames: readonly string[];
  /** What the run-time was doing when it gave up; null where it was not at work. */
  runtime: RuntimeEnd | null;
  /** Whether it fell in the allocator: a pointer that was never its own, or a heap that somebody overwrote. */
  inAllocator: boolean;
  /** The expression of an assertion, where the debugger shows it. */
  assertion: string | null;
  /** `function at file:line` of the innermost. */
  place: string | null;
}

type RuntimeEnd = 'assertion' | 'uncaught_exception' | 'heap_corruption' | 'smashed_stack';

const MOST_FRAMES = 50;
const LONGEST_NAME = 200;
const FRAME = /^#\d+ +(?:0x[0-9a-f]+ in )?(.+)$/;

interface Frame {
  name: string;
  /** `file:line`; null where the debugger does not know it. */
  source: string | null;
  library: string | null;
}

/** Before it the debugger shows the innermost frame by itself. */
const HEAD = '\n== frames';

/** Of one thread: from its first frame to the last that follows without a gap. */
export function backtraceIn(whole: string): Backtrace | null {
  const text = whole.slice(Math.max(0, whole.indexOf(HEAD)));
  const all = framesIn(text);
  if (all.length === 0) return null;
  const own = ofTheFault(all).flatMap(ownOf);
  const first = own[0];
  return {
    frames: own.map(({ name }) => normalName(name)),
    runtime: runtimeAtWork(all),
    inAllocator: upToOwn(all).some(isAllocator),
    assertion: assertionIn(text),
    place: first === undefined ? null : placeOf(first),
  };
}

function framesIn(text: string): Frame[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('#0 '));
  if (from === -1) return [];
  const frames: Frame[] = [];
  for (const line of lines.slice(from)) {
    const found = FRAME.exec(line)?.[1];
    if (found === undefined || (frames.length > 0 && line.startsWith('#0 '))) break;
    frames.push(frameOf(found));
    if (frames.length === MOST_FRAMES) break;
  }
  return frames;
}

function frameOf(text: string): Frame {
  const args = text.indexOf(' (');
  return {
    name: args === -1 ? text : text.slice(0, args),
    source: / at (\S.{0,400}:\d+)$/.exec(text)?.[1] ?? null,
    library: / from (\S.{0,400})$/.exec(text)?.[1] ?? null,
  };
}

const HANDLER_CALLED = '<signal handler called>';
const GIVES_UP = /^(?:__GI_)?(?:__?)?(?:pthread_kill\w*|raise|abort|kill|tgkill|_?exit)$/;

/** A handler that gives up by itself was called for the fault, and is above it; one that fails is the fault. */
function ofTheFault(frames: readonly Frame[]): readonly Frame[] {
  const called = frames.findIndex(({ name }) => name === HANDLER_CALLED);
  if (called === -1) return frames;
  const handler = frames.slice(0, called);
  const givesUp = upToOwn(handler).some(({ name }) => GIVES_UP.test(name));
  return givesUp ? ofTheFault(frames.slice(called + 1)) : handler;
}

function upToOwn(frames: readonly Frame[]): readonly Frame[] {
  const end = frames.findIndex((frame) => !isRuntime(frame));
  return end === -1 ? frames : frames.slice(0, end);
}

/** Of a class of the program's, as the standard library ends one. */
const DELETER =
  /^std::(?:default_delete|destroy_at|_Sp_counted_ptr(?:_inplace)?)<(?!std::)([\w:]+)/;

/** A destructor that ends by a jump is in no backtrace; who called it is, and names its class. */
function ownOf(frame: Frame, at: number, all: readonly Frame[]): Frame[] {
  if (!isRuntime(frame)) return [frame];
  const type = DELETER.exec(frame.name)?.[1];
  if (type === undefined) return [];
  const name = `${type}::~${type.split('::').at(-1) ?? ''}`;
  const isThere = all.slice(0, at).some((above) => normalName(above.name) === name);
  return isThere ? [] : [{ ...frame, name, source: null }];
}

function placeOf({ name, source }: Frame): string {
  const file = source?.split('/').at(-1);
  return file === undefined ? normalName(name) : `${normalName(name)} at ${file}`;
}

const RUNTIME_NAME =
  /^(?:_|std::|void std::|__gnu_cxx::|operator (?:new|delete)|<signal handler|\?\?$|(?:raise|abort|start_thread|clone3?|syscall|futex\w*|\w*_chunk|pthread_\w+|thread_start|___pthread\w+|__?libc\w*|mem(?:cpy|move|set)\w*|str(?:len|cpy|cmp)\w*|n?sleep|nanosleep|usleep|clock_nanosleep|poll|epoll_wait|select)$)/;
const RUNTIME_LIBRARY =
  /\/(?:libc|libstdc\+\+|libgcc_s|libpthread|libc\+\+(?:abi)?|libm|ld-linux[\w-]*|linux-vdso)[.-]/;
/** As the C library is built: in C, from within its own folders. */
const RUNTIME_SOURCE =
  /^\.{1,2}\/(?:sysdeps|nptl|stdlib|malloc|assert|debug|csu|signal|posix|misc|io|time|libio|stdio-common|string|elf|setjmp|wcsmbs|locale|iconv|math|dlfcn|socket|inet|resolv)\/.{1,200}\.[chS]:\d+$/;

/** Of the C library, with what its own symbols show that was inlined, and of those that take its place. */
const ALLOCATOR =
  /^(?:(?:__GI_+|__libc_|_+|je_|tc_|mi_)?(?:free|cfree|malloc|calloc|realloc|memalign|posix_memalign|aligned_alloc)|_int_\w+|(?:arena|heap)_for_(?:chunk|ptr)|(?:unlink|munmap|mremap)_chunk|tcache_\w+|malloc_\w+|sys(?:malloc|trim)|operator (?:new|delete)(?:\[\])?(?:\(.{0,200})?)$/;
const ALLOCATOR_LIBRARY = /\/lib(?:jemalloc|tcmalloc\w*|mimalloc)[.-]/;

function isAllocator({ name, library }: Frame): boolean {
  return ALLOCATOR.test(name) || (library !== null && ALLOCATOR_LIBRARY.test(library));
}

function isRuntime(frame: Frame): boolean {
  const { name, source, library } = frame;
  return (
    isAllocator(frame) ||
    RUNTIME_NAME.test(name) ||
    (library !== null && RUNTIME_LIBRARY.test(library)) ||
    (source !== null && RUNTIME_SOURCE.test(source))
  );
}

/** The most telling first: an assertion aborts too, and an abort may be of an exception. */
const AT_WORK: readonly (readonly [RuntimeEnd, RegExp])[] = [
  ['assertion', /^(?:__GI_)?_{2,3}assert\w*|^std::__glibcxx_assert_fail/],
  ['smashed_stack', /^(?:__GI_)?_{2,}(?:stack_chk_fail|fortify_fail|chk_fail)/],
  ['heap_corruption', /^malloc_printerr$/],
  [
    'uncaught_exception',
    /^std::terminate|^(?:__GI_)?__cxa_(?:re)?throw|__verbose_terminate_handler/,
  ],
];

function runtimeAtWork(frames: readonly Frame[]): RuntimeEnd | null {
  // Behind the first function of the program it would be of a handler that lies under it.
  const upper = upToOwn(frames);
  return AT_WORK.find(([, name]) => upper.some((frame) => name.test(frame.name)))?.[0] ?? null;
}

/** As the C library's own symbols show it; quotes are written out there. */
function assertionIn(text: string): string | null {
  const found = /\bassertion=(?:assertion@entry=)?0x[0-9a-f]+ "((?:[^"\\]|\\.){1,400})"/.exec(text);
  return found?.[1]?.replaceAll(/\\(.)/g, '$1') ?? null;
}

const ANONYMOUS = '(anonymous namespace)';
const CALL = 'operator()';
/** What keeps the parentheses of a name apart from those of its arguments. */
const KEPT_ANONYMOUS = '{anonymous}';
const KEPT_CALL = 'operator{}';

export function normalName(name: string): string {
  const safe = name
    .slice(0, LONGEST_NAME * 10)
    .replaceAll(ANONYMOUS, KEPT_ANONYMOUS)
    .replaceAll(CALL, KEPT_CALL);
  const bare = withoutNested(withoutNested(withoutSuffixes(safe), '<', '>'), '(', ')')
    .replaceAll('::::', '::')
    .replace(/(?: const)?(?: volatile)?\s*&{0,2}$/, '')
    .trim();
  const ownName = bare.includes('operator') ? bare : (bare.split(' ').at(-1) ?? bare);
  return ownName.replaceAll(KEPT_CALL, CALL).slice(0, LONGEST_NAME);
}

function withoutSuffixes(name: string): string {
  return name
    .replaceAll(/ ?\[clone [^\]]{1,100}\]/g, '')
    .replaceAll(/\[abi:\w+\]/g, '')
    .replaceAll(/\.(?:part|constprop|isra|cold|lto_priv|llvm)(?:\.\d+)*/g, '')
    .replace(/@(?:plt|@?[A-Z]+_[\d.]+)$/, '');
}

/** An operator that is written with the sign opens nothing. */
const OPERATOR = /operator *(?:<=>|<<=?|>>=?|<=|>=|->\*?|<|>)/y;

function withoutNested(text: string, opens: string, closes: string): string {
  let depth = 0;
  let kept = '';
  for (let at = 0; at < text.length; at += 1) {
    OPERATOR.lastIndex = at;
    const operator = depth === 0 ? OPERATOR.exec(text)?.[0] : undefined;
    if (operator !== undefined) {
      kept += operator;
      at += operator.length - 1;
      continue;
    }
    const sign = text.charAt(at);
    if (sign === opens) depth += 1;
    else if (sign === closes) depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += sign;
  }
  return kept;
}
