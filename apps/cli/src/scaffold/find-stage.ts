import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { evaluationStage } from '@soliloquy/evaluation';
import { configFault } from '@soliloquy/runner';
import type { AnyStage } from '@soliloquy/stage';
import type { Installation } from '../open-installation.ts';
import { INSTALLATION } from '../versions.ts';
import { PYTHON_TYPES } from './python-files.ts';
import type { StageSource } from './typescript-files.ts';

/** @throws Fault `config.stage-taken` */
export function checkNewStage({ registry }: Installation, id: string): void {
  if (!registry.has(id)) return;
  throw configFault({
    code: 'config.stage-taken',
    where: 'soliloquy new stage',
    expected: 'a name that no stage has',
    got: `"${id}", which is "${registry.get(id)?.title}"`,
    remedy: 'choose another',
  });
}

/** @throws Fault `config.measure-taken` */
export function checkNewMeasure({ registry }: Installation, name: string): void {
  const figures = registry.get(evaluationStage.id)?.measures?.['metrics'] ?? {};
  if (!Object.hasOwn(figures, name)) return;
  throw configFault({
    code: 'config.measure-taken',
    where: 'soliloquy new measure',
    expected: 'a name that no figure of evaluation has',
    got: `"${name}"`,
    remedy: 'choose another',
  });
}

/** @throws Fault `config.unknown-stage`, `config.backbone-taken`, `config.type-unknown` */
export function checkNewBackbone({ registry }: Installation, id: string, name: string, python: boolean): AnyStage {
  const stage = registry.get(id);
  const where = 'soliloquy new backbone';
  if (stage === undefined)
    throw configFault({
      code: 'config.unknown-stage',
      where: `${where} --stage`,
      expected: `a stage that is installed (${[...registry.keys()].join(', ')})`,
      got: `"${id}"`,
      remedy: 'choose one',
    });
  if (Object.hasOwn(stage.backbones, name))
    throw configFault({
      code: 'config.backbone-taken',
      where,
      expected: `a name that no backbone of ${id} has`,
      got: `"${name}", which is "${stage.backbones[name]?.title}"`,
      remedy: 'choose another',
    });
  const types = [...Object.values(stage.inputs), ...Object.values(stage.outputs)].map(({ type }) => type.id);
  const strange = types.find((type) => !PYTHON_TYPES.includes(type) && !type.startsWith('model<'));
  if (python && strange !== undefined)
    throw configFault({
      code: 'config.type-unknown',
      where: `${where} --python`,
      expected: `ports of the types ${PYTHON_TYPES.join(', ')}, model<…>`,
      got: strange,
      remedy: 'write its backbone in TypeScript',
    });
  return stage;
}

/** Where a file in `backbones/` imports a stage's declaration from. @throws Fault `config.unknown-stage` */
export async function sourceOf({ project }: Installation, stage: AnyStage): Promise<StageSource> {
  const module = project?.modules.find(({ stages }) => stages.some(({ id }) => id === stage.id));
  const places =
    project !== undefined && module !== undefined
      ? [[`../${module.path}`, pathToFileURL(join(project.closure.root, module.path)).href]]
      : stagePackages().map((name) => [name, name]);
  for (const [from, specifier] of places as [string, string][]) {
    const exported = Object.entries((await import(specifier)) as Record<string, unknown>);
    const name = exported.find(([, value]) => isStage(value) && value.id === stage.id)?.[0];
    if (name !== undefined) return { id: stage.id, name, from, defaultBackbone: stage.defaultBackbone };
  }
  throw configFault({
    code: 'config.unknown-stage',
    where: 'soliloquy new backbone --stage',
    expected: 'a stage that a module exports by name',
    got: `"${stage.id}", which none does`,
    remedy: 'export its declaration',
  });
}

/** The libraries of stages. */
function stagePackages(): string[] {
  return globSync('libs/stages/*/package.json', { cwd: INSTALLATION }).map(
    (path) => (JSON.parse(readFileSync(join(INSTALLATION, path), 'utf8')) as { name: string }).name,
  );
}

function isStage(value: unknown): value is AnyStage {
  return typeof value === 'object' && value !== null && 'id' in value && 'backbones' in value;
}
