import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeWhole } from '@soliloquy/runner';
import { EXIT } from '../exit-code.ts';
import { configOf, openInstallation } from '../open-installation.ts';
import { parseOptions, type ParsedOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { projectFolderFor } from '../project.ts';
import { EMPTY_CONFIG, withCommandEntry, withModuleEntry } from '../scaffold/config-entry.ts';
import { checkNewBackbone, checkNewMeasure, checkNewStage, sourceOf } from '../scaffold/find-stage.ts';
import { keepTrust } from '../scaffold/keep-trust.ts';
import { linkPackages } from '../scaffold/link-packages.ts';
import { pythonEntry, pythonFiles } from '../scaffold/python-files.ts';
import { scaffoldName, type ScaffoldName } from '../scaffold/scaffold-name.ts';
import {
  backboneFiles,
  measureFiles,
  portFiles,
  stageFiles,
  TSCONFIG,
  type ScaffoldFiles,
} from '../scaffold/typescript-files.ts';
import { writeNewFiles } from '../scaffold/write-files.ts';
import { UsageError } from '../usage-error.ts';

const KINDS = ['stage', 'backbone', 'measure', 'port'] as const;
type Kind = (typeof KINDS)[number];

/** What is to be written: new files, and the configuration's new text. */
interface Plan {
  readonly files: ScaffoldFiles;
  readonly config: string;
}

/** `soliloquy new stage|backbone|measure|port NAME`: files that work, in the project and in its configuration. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('new', args, [2, 2]);
  const [kind, text] = options.positionals as [string, string];
  if (!isKind(kind))
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy new',
      expected: KINDS.join(', '),
      got: `"${kind}"`,
      remedy: 'see soliloquy help new',
    });
  const name = scaffoldName(text);
  const told = options.text('project');
  const project = realpathSync(told === undefined ? projectFolderFor('graph.json') : resolve(told));
  const configPath = configOf(project) ?? join(project, 'soliloquy.config.ts');
  const before = existsSync(configPath) ? readFileSync(configPath, 'utf8') : undefined;
  const { files, config } = await planOf(kind, name, project, before ?? EMPTY_CONFIG, basename(configPath), options);
  const extra: ScaffoldFiles = existsSync(join(project, 'tsconfig.json')) ? {} : { 'tsconfig.json': TSCONFIG };
  const written = [...Object.keys(files), basename(configPath)];
  const trust = keepTrust(configPath, written);
  writeNewFiles(project, { ...files, ...extra });
  await writeWhole(configPath, config);
  const links = linkPackages(project);
  for (const path of [...Object.keys({ ...files, ...extra }), ...links]) say(`wrote ${path}`);
  say(`${before === undefined ? 'wrote' : 'changed'} ${basename(configPath)}`);
  say(trust.settle() ? 'trusted: soliloquy doctor lists it' : 'not trusted yet: soliloquy trust');
  return EXIT.done;
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind);
}

/** @throws Fault, UsageError before anything is written */
async function planOf(
  kind: Kind,
  name: ScaffoldName,
  project: string,
  config: string,
  where: string,
  options: ParsedOptions,
): Promise<Plan> {
  if (kind !== 'backbone' && (options.flag('python') || options.text('stage') !== undefined))
    throw new UsageError({
      code: 'usage.call',
      where: `soliloquy new ${kind}`,
      expected: 'no --stage and no --python',
      got: 'one',
      remedy: 'they are for a backbone',
    });
  if (kind === 'port') return moduleOf(portFiles(name), `ports/${name.kebab}.ts`, config, where);
  const installation = await openInstallation(project, options);
  if (kind === 'measure') {
    checkNewMeasure(installation, name.kebab);
    return moduleOf(measureFiles(name), `measures/${name.kebab}.ts`, config, where);
  }
  if (kind === 'stage') {
    checkNewStage(installation, name.kebab);
    return moduleOf(stageFiles(name), `stages/${name.kebab}.ts`, config, where);
  }
  const id = options.text('stage');
  if (id === undefined)
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy new backbone',
      expected: '--stage',
      got: 'none',
      remedy: 'e.g. --stage video-diffusion',
    });
  const stage = checkNewBackbone(installation, id, name.kebab, options.flag('python'));
  const source = await sourceOf(installation, stage);
  if (!options.flag('python'))
    return moduleOf(backboneFiles(name, source), `backbones/${name.kebab}.ts`, config, where);
  return {
    files: pythonFiles(name, stage, source),
    config: withCommandEntry(config, where, `${id}/${name.kebab}`, pythonEntry(name)),
  };
}

function moduleOf(files: ScaffoldFiles, module: string, config: string, where: string): Plan {
  return { files, config: withModuleEntry(config, where, module) };
}

function say(text: string): void {
  print(`${text}\n`);
}
