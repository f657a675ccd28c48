import type { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import type { StageContext } from './context.ts';
import type { InputSpec, InputValues } from './define-stage.ts';
import type { Figure } from './figures.ts';

/** A figure as a measure gives it. */
export type Reading =
  | number
  | {
      readonly value: number;
      /** Its course, e.g. frame by frame; only of a figure that declares a `series`. */
      readonly series?: readonly number[];
      /** What it holds at, e.g. `film 512x768, 25 fps`; said after the figure's text. */
      readonly at?: string;
    };

/** Computes once what several measures of a task need; a key names it among all of them. */
export type Share = <T>(key: string, compute: () => T) => T;

/** What is said of a figure. */
type Note = Pick<Figure, 'unit' | 'better' | 'text' | 'series'>;

type Ports = Record<string, InputSpec>;
type Names<I> = readonly (keyof I & string)[];
/** The values of the inputs that a measure needs: they are there whenever it runs. */
type Needed<I extends Ports, N extends Names<I>> = {
  readonly [K in N[number]]: NonNullable<InputValues<I>[K]>;
};
type ParamsOf<P extends z.ZodRawShape> = keyof P extends never ? unknown : z.infer<z.ZodObject<P>>;

type Measuring<I extends Ports, N extends Names<I>, P extends z.ZodRawShape, R> = (
  inputs: Needed<I, N>,
  params: ParamsOf<P>,
  ctx: StageContext,
  share: Share,
) => R | Promise<R>;

interface MeasureSpecBase<I extends Ports, N extends Names<I>, P extends z.ZodRawShape> {
  /** The inputs that there are: those of the stage that takes the measure. */
  readonly of: I;
  /** Its name, unique among the measures of a stage; of a measure of one figure also that figure's. */
  readonly name: string;
  /** Counts up whenever the same inputs and params give other numbers. */
  readonly version: number;
  /** The paper, code or standard that it follows. */
  readonly source?: string;
  /** Inputs that must be connected: where one is not, the measure does not run. */
  readonly needs: N;
  /** Networks of the model registry that it reads: it runs only where the task's param `networks` names all of them. */
  readonly networks?: readonly string[];
  /** Params of the stage that it reads, each with a default and a description. Measures share one as one object. */
  readonly params?: P;
}

/** What the same measure gives of something else, to compare with: the figure `name/baseline`. */
interface Baseline<I extends Ports, N extends Names<I>, M extends Names<I>, P extends z.ZodRawShape> extends Note {
  readonly text: string;
  /** Inputs that it needs beside those of the measure. */
  readonly needs?: M;
  readonly measure: Measuring<I, readonly (N[number] | M[number])[], P, Reading | undefined>;
}

/** A measure of one figure, which has the measure's name. */
export interface FigureMeasure<
  I extends Ports,
  N extends Names<I>,
  P extends z.ZodRawShape,
  B extends Record<string, Names<I>>,
>
  extends MeasureSpecBase<I, N, P>, Note {
  readonly text: string;
  /** `undefined` where what is given does not say it: the figure is left out. */
  readonly measure: Measuring<I, N, P, Reading | undefined>;
  /** By name; unit and direction are those of the figure unless they say otherwise. */
  readonly baselines?: { readonly [K in keyof B]: Baseline<I, N, B[K], P> };
}

/** A measure of several figures that are computed in one go, e.g. `variance:body` and `variance:face`. */
export interface FamilyMeasure<
  I extends Ports,
  N extends Names<I>,
  P extends z.ZodRawShape,
  F extends string,
> extends MeasureSpecBase<I, N, P> {
  /** By name, e.g. `psnr`, `acc-err:particles`, `sync/other`. */
  readonly figures: Readonly<Record<F, Note & { readonly text: string }>>;
  /** One that cannot be given is left out. */
  readonly measure: Measuring<I, N, P, { readonly [K in F]?: Reading }>;
}

/** A measure whose types have been forgotten: each part needs its inputs and gives some figures. */
export interface Measure {
  readonly name: string;
  readonly version: number;
  readonly source?: string;
  readonly networks: readonly string[];
  readonly params: z.ZodRawShape;
  readonly parts: readonly MeasurePart[];
}

interface MeasurePart {
  readonly needs: readonly string[];
  readonly figures: Readonly<Record<string, Figure>>;
  readonly measure: (
    inputs: never,
    params: never,
    ctx: StageContext,
    share: Share,
  ) => Promise<Readonly<Record<string, Reading | undefined>>>;
}

/** What follows the dot in `node.metric`, and may stand in a table of any width. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9:-]*(\/[A-Za-z0-9][A-Za-z0-9:-]*)*$/;

/**
 * Declares a measure: what it is called, what it needs, and the figures that it gives. A stage that takes measures runs
 * those whose inputs are connected. Names, units and directions are known without running anything.
 *
 * @throws Fault `stage.bad-declaration` when a name is not of letters, digits, `:`, `-` and `/`
 */
export function defineMeasure<
  const I extends Ports,
  const N extends Names<I>,
  const P extends z.ZodRawShape = Record<never, never>,
  const B extends Record<string, Names<I>> = Record<never, never>,
>(spec: FigureMeasure<I, N, P, B>): Measure;
export function defineMeasure<
  const I extends Ports,
  const N extends Names<I>,
  const F extends string,
  const P extends z.ZodRawShape = Record<never, never>,
>(spec: FamilyMeasure<I, N, P, F>): Measure;
export function defineMeasure(spec: LooseMeasure | LooseFamily): Measure {
  const { name, version, source, needs, networks = [], params = {} } = spec;
  const parts =
    'figures' in spec
      ? [partOf(spec, needs, spec.figures, spec.measure)]
      : [
          partOf(spec, needs, { [name]: spec }, named(name, spec.measure)),
          ...Object.entries(spec.baselines ?? {}).map(([of, baseline]) => {
            const note = { unit: spec.unit, better: spec.better, ...baseline };
            const figure = `${name}/${of}`;
            return partOf(
              spec,
              [...needs, ...(baseline.needs ?? [])],
              { [figure]: note },
              named(figure, baseline.measure),
            );
          }),
        ];
  for (const each of [name, ...parts.flatMap(({ figures }) => Object.keys(figures))])
    if (!NAME.test(each))
      throw new Fault({
        code: 'stage.bad-declaration',
        where: `measure ${name}`,
        expected: 'names of letters, digits, ":", "-" and "/"',
        got: `"${each}"`,
        remedy: 'rename it',
        audience: 'author',
      });
  return { name, version, ...(source !== undefined && { source }), networks, params, parts };
}

type LooseRun<R> = (inputs: never, params: never, ctx: StageContext, share: Share) => R | Promise<R>;
interface LooseMeasure extends Note {
  readonly name: string;
  readonly version: number;
  readonly source?: string;
  readonly needs: readonly string[];
  readonly networks?: readonly string[];
  readonly params?: z.ZodRawShape;
  readonly measure: LooseRun<Reading | undefined>;
  readonly baselines?: Readonly<
    Record<string, Note & { readonly needs?: readonly string[]; readonly measure: LooseRun<Reading | undefined> }>
  >;
}
interface LooseFamily extends Omit<LooseMeasure, 'measure' | 'baselines'> {
  readonly figures: Readonly<Record<string, Note>>;
  readonly measure: LooseRun<Readonly<Record<string, Reading | undefined>>>;
}

function named(
  figure: string,
  measure: LooseRun<Reading | undefined>,
): LooseRun<Readonly<Record<string, Reading | undefined>>> {
  return async (inputs, params, ctx, share) => ({ [figure]: await measure(inputs, params, ctx, share) });
}

function partOf(
  { version, networks = [] }: { readonly version: number; readonly networks?: readonly string[] },
  needs: readonly string[],
  notes: Readonly<Record<string, Note>>,
  measure: LooseRun<Readonly<Record<string, Reading | undefined>>>,
): MeasurePart {
  const figures = Object.entries(notes).map(([name, { unit, better, text, series }]): [string, Figure] => [
    name,
    {
      ...(unit !== undefined && { unit }),
      ...(better !== undefined && { better }),
      ...(text !== undefined && { text }),
      ...(series !== undefined && { series }),
      needs,
      ...(networks.length > 0 && { networks }),
      version,
    },
  ]);
  return {
    needs,
    figures: Object.fromEntries(figures),
    measure: async (inputs, params, ctx, share) => measure(inputs, params, ctx, share),
  };
}
