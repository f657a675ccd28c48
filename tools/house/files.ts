import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Written by a program that is itself in the repository: held to no length. */
const GENERATED: readonly RegExp[] = [/^libs\/platform\/graph\/graph\.schema\.json$/, /^package-lock\.json$/];
/** What a test compares with, as it came from elsewhere; the scripts that made it are code. */
const GOLDEN = /\/(golden|fixtures|data)\/(?!.*\.(ts|js|mjs|py)$)/;
/** Prose is wrapped by hand, JSON by who writes it, a licence by its author. */
const NOT_CODE =
  /\.(json|md|jpg|png|xml|spz|splat|ply|ogg|mp3|m4a|flac|wav|bin|safetensors)$|(^|\/)(LICENSE|THIRD-PARTY-NOTICES)$/;

export interface SourceFile {
  /** from the root, with forward slashes */
  readonly path: string;
  readonly text: string;
}

export interface House {
  /** every file that the limit of a line holds for */
  readonly code: readonly SourceFile[];
  readonly src: readonly SourceFile[];
  readonly tests: readonly SourceFile[];
  readonly svelte: readonly SourceFile[];
  /**
   * TypeScript and components outside tests: whose functions are counted. AssemblyScript is not: what an inner loop
   * holds in dozens of f32 locals has no tuple and no closure to be handed on by.
   */
  readonly program: readonly SourceFile[];
}

/** Sorted into the groups that are measured. */
export function sortFiles(code: readonly SourceFile[]): House {
  const isTest = ({ path }: SourceFile): boolean => /(^|\/)test\//.test(path);
  const ends = (end: string) => (file: SourceFile) => file.path.endsWith(end);
  const typescript = code.filter(ends('.ts'));
  return {
    code,
    src: typescript.filter((file) => file.path.includes('/src/') && !isTest(file)),
    tests: typescript.filter(isTest),
    svelte: code.filter(ends('.svelte')),
    program: code.filter(
      (file) => /\.(ts|js|mjs|svelte)$/.test(file.path) && !file.path.endsWith('.as.ts') && !isTest(file),
    ),
  };
}

export function isHeldToLimits(path: string): boolean {
  return !NOT_CODE.test(path) && !GOLDEN.test(path) && !GENERATED.some((pattern) => pattern.test(path));
}

/** What git knows or would take. */
export function readHouse(root: string): House {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  const gone = new Set(
    execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: root, encoding: 'utf8' }).split('\0'),
  );
  const paths = listed.split('\0').filter((path) => path !== '' && !gone.has(path) && isHeldToLimits(path));
  return sortFiles(paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })));
}
