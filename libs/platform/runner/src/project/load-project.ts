import { existsSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '@soliloquy/fault';
import { readBroughtModule, type BroughtModule } from './brought-modules.ts';
import { configFault, thrownWords } from './config-fault.ts';
import { guardModules } from './guard-modules.ts';
import { importClosure, type ImportClosure } from './import-closure.ts';
import { projectConfig, type ProjectConfig } from './project-config.ts';

/** How a project's configuration may be called. */
export const CONFIG_NAMES = ['soliloquy.config.ts', 'soliloquy.config.mjs', 'soliloquy.config.js'] as const;

/** A project whose configuration ran. */
export interface LoadedProject {
  readonly closure: ImportClosure;
  /** Path of the configuration. */
  readonly configPath: string;
  readonly config: ProjectConfig;
  readonly modules: readonly BroughtModule[];
}

/**
 * The configuration of a project's folder; `undefined` where it has none.
 *
 * @throws Fault `config.several` where it has two
 */
export function findConfig(folder: string): string | undefined {
  const here = existsSync(folder) ? readdirSync(folder) : [];
  const [first, second] = CONFIG_NAMES.filter((name) => here.includes(name));
  if (second !== undefined)
    throw configFault({
      code: 'config.several',
      where: folder,
      expected: 'one configuration',
      got: `${first} and ${second}`,
      remedy: 'remove one',
    });
  return first === undefined ? undefined : join(folder, first);
}

/** What a configuration would load, read without running it. @throws Fault */
export function closureOfConfig(configPath: string): ImportClosure {
  return importClosure(join(configPath, '..'), configPath, true);
}

/**
 * Runs a project's configuration and the modules that it names. To be called only where a person allowed this content.
 *
 * @param digest of the closure that was allowed
 * @throws Fault `config.changed` where it is another now, and for everything that is wrong with config or modules
 */
export async function loadProject(configPath: string, digest: string): Promise<LoadedProject> {
  const closure = closureOfConfig(configPath);
  if (closure.digest !== digest)
    throw configFault({
      code: 'config.changed',
      where: configPath,
      expected: 'the content that was allowed when this began',
      got: 'another',
      remedy: 'start again; soliloquy trust shows what changed',
    });
  guardModules(closure);
  const config = await runConfig(closure, configPath);
  const modules: BroughtModule[] = [];
  for (const path of new Set(config.modules.map((each) => posix.normalize(each))))
    modules.push(await runModule(closure, configPath, path));
  return { closure, configPath, config, modules };
}

async function runConfig({ root }: ImportClosure, configPath: string): Promise<ProjectConfig> {
  const name = relative(root, configPath);
  const exported = await runFile(root, name, 'config.throws', 'the configuration to load');
  const parsed = projectConfig.safeParse(exported['default']);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const got =
    exported['default'] === undefined
      ? 'no default export'
      : `${issue.path.map(String).join('.') || 'it'}: ${issue.message}`;
  const expected = 'export default defineConfig({ … })';
  throw configFault({ code: 'config.shape', where: name, expected, got, remedy: 'correct it, see apps/cli/README.md' });
}

async function runModule(closure: ImportClosure, configPath: string, path: string): Promise<BroughtModule> {
  const { root, files } = closure;
  const where = `${relative(root, configPath)}: modules "${path}"`;
  const expected = 'a module of the project, its path written out in the configuration';
  const remedy = 'correct the path';
  if (path.startsWith('..'))
    throw configFault({ code: 'config.module-outside', where, expected, got: 'one outside its folder', remedy });
  if (!existsSync(join(root, path)))
    throw configFault({ code: 'config.module-missing', where, expected, got: 'no such file', remedy });
  if (!files.some((file) => file.path === path))
    throw configFault({
      code: 'config.module-unseen',
      where,
      expected,
      got: 'a path that is computed, or a link',
      remedy,
    });
  const { digest } = importClosure(root, join(root, path));
  return readBroughtModule(path, digest, await runFile(root, path, 'config.module-throws', 'a module that loads'));
}

async function runFile(
  root: string,
  path: string,
  code: `config.${string}`,
  expected: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(join(root, path)).href)) as Record<string, unknown>;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.phase === 'before-run') throw thrown;
    const where = path.split(sep).join('/');
    throw configFault({ code, where, expected, got: thrownWords(thrown), remedy: 'correct it' }, { cause: thrown });
  }
}
