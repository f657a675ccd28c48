/** Files and packages that a text may load, found without running it. */
export interface SourceReferences {
  /** As written: `./x.ts`, `../y.json`. */
  readonly files: readonly string[];
  /** Packages, as written: `zod`, `@soliloquy/stage`, `lodash/fp`. */
  readonly packages: readonly string[];
  /** How often it loads a module by a name that is computed. */
  readonly computed: number;
}

const STRING = String.raw`(?:'([^'\\\n]*)'|"([^"\\\n]*)"|${'`'}([^${'`'}\\$]*)${'`'})`;
/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`, `require('x')`, `import.meta.resolve('x')` */
const LOADED = new RegExp(String.raw`(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\(|\bresolve\s*\()\s*${STRING}`, 'g');
/** `new URL('./x', import.meta.url)`: a worker's program, a table beside the module. */
const BESIDE = new RegExp(String.raw`\bnew\s+URL\s*\(\s*${STRING}\s*,\s*import\.meta\.url`, 'g');
const ANY_PATH = new RegExp(STRING, 'g');
const COMPUTED = new RegExp(String.raw`\bimport\s*\((?!\s*${STRING}\s*[,)])`, 'g');

/**
 * What a module's text may load. Reads more rather than less (comments and type imports too): a file too many costs a
 * question, and `guardModules` refuses at run time what was not found here.
 *
 * @param name its file name: only what ends like JavaScript or TypeScript is read
 * @param paths whether every string that begins with `./` or `../` is taken for a path, as in a configuration
 */
export function sourceReferences(name: string, text: string, paths = false): SourceReferences {
  if (!/\.[cm]?[jt]sx?$/.test(name)) return { files: [], packages: [], computed: 0 };
  const loaded = literals(LOADED, text);
  const isPath = (each: string): boolean => /^(\.\.?\/|\/|file:)/.test(each);
  const files = [
    ...loaded.filter(isPath),
    ...literals(BESIDE, text).map((each) => each.replace(/^(?![./]|file:)/, './')),
  ];
  if (paths) files.push(...literals(ANY_PATH, text).filter((each) => /^\.\.?\//.test(each)));
  const packages = loaded.filter((each) => /^(@[\w.-]+\/)?\w[\w.-]*(\/[\w./-]+)?$/.test(each));
  return {
    files: [...new Set(files)],
    packages: [...new Set(packages)],
    computed: [...text.matchAll(COMPUTED)].length,
  };
}

function literals(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, single, double, template]) => single ?? double ?? template ?? '');
}
