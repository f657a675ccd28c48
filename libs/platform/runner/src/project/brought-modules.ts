import { z } from 'zod';
import type { PortType } from '@soliloquy/ports';
import { KEBAB_CASE, type AnyStage, type BroughtBackbone } from '@soliloquy/stage';
import { configFault } from './config-fault.ts';

/** What one module of a project brings. */
export interface BroughtModule {
  /** Its path in the project, e.g. `stages/loudness.ts`. */
  readonly path: string;
  /** Digest of all that it loads from the project, itself included. */
  readonly content: string;
  readonly stages: readonly AnyStage[];
  readonly backbones: readonly BroughtBackbone[];
  readonly ports: readonly PortType[];
  /** As `defineMeasure` makes them; what they mean is for the stage that takes them. */
  readonly measures: readonly BroughtMeasure[];
}

/** What is known here of a measure. */
export interface BroughtMeasure {
  readonly name: string;
}

const callable = z.custom<() => unknown>((value) => typeof value === 'function', { error: 'expected a function' });
const shape = z.custom<z.ZodObject>((value) => typeof (value as { shape?: unknown } | null)?.shape === 'object', {
  error: 'expected an object of zod',
});
const name = z.string().regex(KEBAB_CASE, 'expected kebab-case');
const version = z.int().min(1);
const port = z.looseObject({
  id: z.string().min(1),
  title: z.string(),
  encode: callable,
  decode: callable,
  preview: callable,
});
const socket = z.looseObject({ type: port, summary: z.string() });
const backbone = z.looseObject({ version, title: z.string(), summary: z.string(), params: shape, load: callable });

/** What an element of each list must be, at the least. */
const LISTS = {
  stages: z
    .looseObject({
      id: name,
      version,
      title: z.string(),
      summary: z.string(),
      inputs: z.record(z.string(), socket),
      outputs: z.record(z.string(), socket),
      params: shape,
      backbones: z.record(name, backbone),
      defaultBackbone: z.string(),
    })
    .refine(({ backbones, defaultBackbone }) => Object.hasOwn(backbones, defaultBackbone), {
      path: ['defaultBackbone'],
      error: 'expected one of its backbones',
    }),
  backbones: z.looseObject({ stage: z.string(), name, backbone }),
  ports: port,
  measures: z.looseObject({ name: z.string().min(1), version, parts: z.array(z.unknown()).min(1) }),
} as const;

type ListName = keyof typeof LISTS;
const LIST_NAMES = Object.keys(LISTS) as readonly ListName[];

/**
 * Reads what a module exports: arrays `stages`, `backbones`, `ports`, `measures`, at least one thing in all.
 *
 * @throws Fault `config.module-empty`, `config.module-unusable`
 */
export function readBroughtModule(
  path: string,
  content: string,
  exported: Readonly<Record<string, unknown>>,
): BroughtModule {
  const lists = LIST_NAMES.map((list): [ListName, readonly unknown[]] => [list, readList(path, list, exported[list])]);
  if (lists.every(([, elements]) => elements.length === 0))
    throw configFault({
      code: 'config.module-empty',
      where: path,
      expected: 'an exported array of stages, backbones, ports or measures',
      got: Object.keys(exported).length === 0 ? 'no exports' : `only ${Object.keys(exported).join(', ')}`,
      remedy: 'export one, e.g. export const stages = [loudnessStage]',
    });
  return { path, content, ...Object.fromEntries(lists) } as unknown as BroughtModule;
}

function readList(path: string, list: ListName, value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw unusable(`${path}: ${list}`, 'an array', typeof value);
  for (const [index, element] of value.entries()) {
    const { error } = LISTS[list].safeParse(element);
    if (error === undefined) continue;
    const [issue] = error.issues;
    const made = { stages: 'defineStage', backbones: 'defineBackbone', ports: 'a PortType', measures: 'defineMeasure' };
    const at = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
    throw unusable(`${path}: ${list}[${index}]`, `what ${made[list]} makes`, `${at}${issue.message}`);
  }
  return value;
}

function unusable(where: string, expected: string, got: string): Error {
  const remedy = 'correct the module';
  return configFault({ code: 'config.module-unusable', where, expected, got, remedy });
}
