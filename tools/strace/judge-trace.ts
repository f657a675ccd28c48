import { isAbsolute, join, normalize } from 'node:path';

export interface Places {
  /** Of the program: its folder, and that of its repository where that lies elsewhere. */
  readonly roots: readonly string[];
  /** The project of the stranger, in which the command ran. */
  readonly folder: string;
  /** Of the person. */
  readonly home: string;
  readonly node: string;
  /** Where the program may put what it needs for a while. */
  readonly temporary: string;
}

/** What every Node process reads of its system. */
const SYSTEM = /^\/(lib|lib64|usr|etc|proc|sys|dev)(\/|$)/;
/** Of the kernel, whoever asks: what the process itself is, and which processors there are. */
const KERNEL_DENIED = /^\/proc\/(?!self\/|\d+\/(stat|status|cgroup|maps|cmdline)$|version|meminfo|cpuinfo|stat$|sys\/)/;
const CHANGING = /O_(WRONLY|RDWR|CREAT|TRUNC)/;
/** Chooses the cores that an encoder sees, where there are more than two (`encoder-cores.ts` of media). */
const ENCODER_CORES = ['/usr/bin/taskset', '/bin/taskset'];
const REMOVING = new Set([
  'unlink',
  'unlinkat',
  'rmdir',
  'rename',
  'renameat',
  'renameat2',
  'mkdir',
  'mkdirat',
  'truncate',
  'chmod',
  'fchmodat',
  'link',
  'linkat',
  'symlink',
  'symlinkat',
  'utimensat',
  'mknod',
]);

/** `openat(AT_FDCWD</x>, "y", O_RDONLY) = 3</x/y>` taken apart. */
interface Call {
  readonly name: string;
  readonly args: string;
  readonly failed: boolean;
  /** Of the paths that it names, the real one last where the kernel said it. */
  readonly paths: readonly string[];
}

function parseCall(line: string, { folder }: Places): Call | undefined {
  const [, name, args, result] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const base = /^(?:AT_FDCWD|\d+)<([^>]*)>/.exec(args)?.[1] ?? folder;
  const named = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => path);
  const real = /^\d+<([^>]*)>/.exec(result)?.[1];
  return {
    name,
    args,
    failed: result.startsWith('-1'),
    paths: [
      ...named.map((path) => (isAbsolute(path) ? path : join(base, path))).map(normalize),
      ...(real === undefined ? [] : [real]),
    ],
  };
}

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** @returns what should not have been done, one sentence each, each once */
export function judgeTrace(lines: readonly string[], places: Places): string[] {
  const found = new Set<string>();
  for (const line of lines) {
    const call = parseCall(line, places);
    const wrong = call === undefined ? undefined : wrongIn(call, places);
    if (wrong !== undefined) found.add(wrong);
  }
  return [...found];
}

function wrongIn({ name, args, failed, paths }: Call, places: Places): string | undefined {
  const { folder, home, node, roots, temporary } = places;
  const at = paths.at(-1) ?? '';
  const inState = ['.soliloquy', 'out'].some((own) => within(at, join(folder, own)));
  if (name === 'connect' || name === 'sendto' || name === 'bind') {
    return /AF_UNIX|AF_NETLINK|AF_UNSPEC/.test(args) && !/sun_path="\//.test(args) ? undefined : `${name}(${args})`;
  }
  if (name === 'execve')
    return failed || paths[0] === node || ENCODER_CORES.includes(paths[0]) ? undefined : `started ${paths[0]}`;
  if (REMOVING.has(name)) {
    const odd = paths.find((path) => !inOwn(path, places));
    return failed || odd === undefined ? undefined : `${name} of ${odd}`;
  }
  if (name !== 'open' && name !== 'openat') return undefined;
  if (CHANGING.test(args))
    return failed || inState || within(at, temporary) || at.startsWith('/dev/') || /pipe:|anon_inode|socket:/.test(at)
      ? undefined
      : `opened ${at} for writing`;
  if (failed || /O_DIRECTORY/.test(args)) return undefined;
  if (within(at, home)) return `read ${at}`;
  if (within(at, folder) || roots.some((root) => within(at, root))) return undefined;
  return SYSTEM.test(at) && !KERNEL_DENIED.test(at) ? undefined : `read ${at}`;
}

/** Where the program makes, renames and removes files. */
function inOwn(path: string, { folder, temporary }: Places): boolean {
  return [join(folder, '.soliloquy'), join(folder, 'out'), temporary].some((own) => within(path, own));
}
