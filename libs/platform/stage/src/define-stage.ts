import type { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import type { PortType } from '@soliloquy/ports';
import { checkBackbone } from './check-backbone.ts';
import { checkFigures } from './check-figures.ts';
import type { StageContext } from './context.ts';
import type { MetricFigures } from './figures.ts';
import type { Need, Terms } from './need.ts';

/** The name of an axis, or the param of the stage that says it. */
export type AxisName = string | { readonly param: string };

/** What an input gathers that takes every axis which the other inputs of the node do not carry. */
export const ALL_AXES = '*';

/** A socket that takes a value. */
export interface InputSpec<T = unknown> {
  readonly type: PortType<T>;
  readonly summary: string;
  /** Not connected is allowed: the value is `undefined` then. */
  readonly optional?: boolean;
  /** Parts of the value that it cannot do without, of those that its type may lack; checked when the graph is read. */
  readonly needs?: readonly string[];
  /**
   * An axis that this input takes whole: the value is an array over it. Several edges may lead here: their elements
   * follow each other in the order of the edges. With `ALL_AXES` a value without axes is one element.
   */
  readonly gathers?: AxisName;
  /** Of an input that gathers: each element comes with its title, the name of the node that made it. */
  readonly titled?: boolean;
}

/** An element of an input that is `titled`. */
export interface Titled<T> {
  readonly title: string;
  readonly value: T;
}

/** A socket that gives a value. */
export interface OutputSpec<T = unknown> {
  readonly type: PortType<T>;
  readonly summary: string;
  /** Some backbones omit it. */
  readonly optional?: boolean;
  /** An axis that this output makes: the value is an array over it. */
  readonly makes?: AxisName;
}

type Gathered<S, T> = S extends { gathers: AxisName } ? (S extends { titled: true } ? Titled<T>[] : T[]) : T;
type Given<S> =
  S extends InputSpec<infer T> ? (S extends { optional: true } ? Gathered<S, T> | undefined : Gathered<S, T>) : never;
type Made<S> = S extends OutputSpec<infer T> ? (S extends { makes: AxisName } ? T[] : T) : never;
type Omittable<O> = { [K in keyof O]: O[K] extends { optional: true } ? K : never }[keyof O];

/** The values that `run` gets, by input name. */
export type InputValues<I extends Record<string, InputSpec>> = { readonly [K in keyof I]: Given<I[K]> };
/**
 * The values that `run` returns, by output name. Optional ones may be left out: a stage that gains one leaves the
 * backbones as they are.
 */
export type OutputValues<O extends Record<string, OutputSpec>> = {
  readonly [K in Exclude<keyof O, Omittable<O>>]: Made<O[K]>;
} & { readonly [K in Omittable<O>]?: Made<O[K]> | undefined };

/** One task's work: a pure function of its arguments. No clock, no unseeded randomness, no I/O but through `ctx`. */
export type Run<I extends Record<string, InputSpec>, P, O extends Record<string, OutputSpec>> = (
  inputs: InputValues<I>,
  params: P,
  ctx: StageContext,
) => Promise<OutputValues<O>> | OutputValues<O>;

/** One implementation of a stage. Its code is loaded when a task of it runs, not when a graph is read. */
export interface Backbone<P extends z.ZodObject = z.ZodObject> {
  /** Counts up whenever the same inputs and params give other numbers. */
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  /** What it takes beside the stage's own params; no name may be in both. */
  readonly params: P;
  /** What must be there: a model file, a GPU, a command. */
  readonly needs?: readonly Need[];
  /** Outputs of the stage that this backbone does not give; an edge from one is refused when the graph is read. */
  readonly omits?: readonly string[];
  /** By output, parts that its values never have; an edge from one into an input that `needs` it is refused. */
  readonly lacks?: Readonly<Record<string, readonly string[]>>;
  /** Another program's, of which nothing is known before it ran: what later stages need of it is said beforehand. */
  readonly foreign?: boolean;
  /**
   * Optional inputs of the stage that this backbone cannot do without; a list inside asks for at least one of its
   * names. Checked when the graph is read.
   */
  readonly requires?: readonly (string | readonly string[])[];
  /** Figures that this backbone gives beside those of the stage, by output of type `metrics`. */
  readonly measures?: Readonly<Record<string, MetricFigures>>;
  /** Under which conditions it may be used, where it is somebody else's program. */
  readonly terms?: Terms;
  /** Memory of a graphics card that a task of it wants for itself alone, MiB: no other gets that card meanwhile. */
  readonly gpuMiB?: number;
  /** How many threads a task of it wants: a number, or as many as the pool has. Default 1. */
  readonly threads?: number | 'all';
  /**
   * It computes on `ctx.device`, and a run on WebGPU gives it that. Default: no, it computes on the CPU whatever the
   * run has.
   */
  readonly onWebGpu?: boolean;
  /**
   * Whether other numbers of threads may come to other results, in the last bits, as where ONNX Runtime shares sums
   * among them: the number is settled with the graph then, and every machine computes with that, however many cores it
   * has.
   */
  readonly threadsMatter?: boolean;
  /**
   * Whether it writes films into outputs of other types, as into a page: their bytes depend on how many cores the
   * encoder sees, and that number is part of the key then, as it is where an output is a film (`PortType.coresMatter`).
   */
  readonly coresMatter?: boolean;
  /**
   * Imports the module whose `run` does the work (and, where it offers any, `operations`); `loadBackbone` checks what
   * comes. Stated as `object`, because the module's own types are made from this declaration (`RunOf`) and may not lead
   * back to it.
   */
  readonly load: () => Promise<object>;
  /**
   * Digest of the project modules that it came from, part of its tasks' keys. Set by who loads a project; absent for
   * what is installed.
   */
  readonly content?: string;
}

/** What a backbone's module exports. */
export interface BackboneModule {
  readonly run: (inputs: never, params: never, ctx: StageContext) => unknown;
  /** Operations that another stage may call through a reference (`ctx.call`), e.g. `score`. */
  readonly operations?: Readonly<Record<string, (args: never, params: never, ctx: StageContext) => unknown>>;
}

/**
 * How node params of an older stage version become those of the next: `from` 1 makes version-1 params version-2 ones.
 */
export interface StageMigration {
  readonly from: number;
  readonly says: string;
  migrate(node: { backbone: string; params: Record<string, unknown> }): {
    backbone: string;
    params: Record<string, unknown>;
  };
  /** Ports renamed by this step: old name -> new name. */
  readonly renamedInputs?: Readonly<Record<string, string>>;
  readonly renamedOutputs?: Readonly<Record<string, string>>;
}

/**
 * Imports a backbone's code.
 *
 * @throws when the module has no `run`
 */
export async function loadBackbone(where: string, backbone: Backbone): Promise<BackboneModule> {
  const module = await backbone.load();
  if (!('run' in module) || typeof module.run !== 'function')
    throw new Fault({
      code: 'stage.argument',
      where: `${where}.load`,
      expected: 'a module that exports run',
      got: Object.keys(module).join(', ') || 'nothing',
      remedy: 'export it',
      audience: 'author',
    });
  return module as BackboneModule;
}

export interface StageSpec<
  I extends Record<string, InputSpec>,
  P extends z.ZodObject,
  O extends Record<string, OutputSpec>,
  B extends Record<string, Backbone>,
> {
  /** kebab-case */
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  readonly inputs: I;
  /** Params that all backbones share. Every field has a default and a description; units in `.meta({ unit })`. */
  readonly params: P;
  readonly outputs: O;
  readonly backbones: B;
  readonly defaultBackbone: keyof B & string;
  /**
   * The figures that each output of type `metrics` may hold, by output. What a task gives beside them is refused, and
   * so is, before a run, a graph that expects another. An output that is not named here is not checked.
   */
  readonly measures?: { readonly [K in keyof O]?: MetricFigures };
  readonly migrations?: readonly StageMigration[];
}

/**
 * A stage whose types have been forgotten, as graph and runner see it. Stated apart from StageSpec, whose `keyof B`
 * would make every stage a type of its own.
 */
export interface AnyStage {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly params: z.ZodObject;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  readonly backbones: Readonly<Record<string, Backbone>>;
  readonly defaultBackbone: string;
  readonly measures?: Readonly<Record<string, MetricFigures | undefined>>;
  readonly migrations?: readonly StageMigration[];
  /** As `Backbone.content`. */
  readonly content?: string;
}

/**
 * Declare a stage: ports, params and backbones. From `params` come defaults, types, form, JSON Schema and docs.
 *
 * @throws when a backbone's params repeat a name of the stage's, or it requires, omits or lacks what the stage has not;
 *   Fault `stage.bad-declaration` when an axis comes from a param that is not there, or figures contradict the ports
 */
export function defineStage<
  const I extends Record<string, InputSpec>,
  P extends z.ZodObject,
  const O extends Record<string, OutputSpec>,
  const B extends Record<string, Backbone>,
>(spec: StageSpec<I, P, O, B>): StageSpec<I, P, O, B> {
  for (const [name, backbone] of Object.entries(spec.backbones)) checkBackbone(spec, name, backbone);
  checkAxes(spec);
  checkNeeds(spec);
  checkFigures(spec);
  return spec;
}

function checkAxes({ id, params, inputs, outputs }: Pick<AnyStage, 'id' | 'params' | 'inputs' | 'outputs'>): void {
  const ports = [
    ...Object.entries(inputs).map(([port, { gathers }]) => ({ where: `${id}.inputs.${port}.gathers`, axis: gathers })),
    ...Object.entries(outputs).map(([port, { makes }]) => ({ where: `${id}.outputs.${port}.makes`, axis: makes })),
  ];
  for (const { where, axis } of ports)
    if (typeof axis === 'object' && !(axis.param in params.shape))
      throw new Fault({
        code: 'stage.bad-declaration',
        where,
        expected: `a param of the stage (${Object.keys(params.shape).join(', ') || 'it has none'})`,
        got: axis.param,
        remedy: 'correct the name',
        audience: 'author',
      });
  for (const [port, { titled, gathers }] of Object.entries(inputs))
    if (titled === true && gathers === undefined)
      throw new Fault({
        code: 'stage.bad-declaration',
        where: `${id}.inputs.${port}.titled`,
        expected: 'an input that gathers',
        got: 'one of a single value',
        remedy: 'say what it gathers',
        audience: 'author',
      });
}

function checkNeeds({ id, inputs }: Pick<AnyStage, 'id' | 'inputs'>): void {
  for (const [port, { type, needs = [] }] of Object.entries(inputs)) {
    const unknown = needs.filter((part) => type.parts?.includes(part) !== true);
    if (unknown.length > 0)
      throw new Fault({
        code: 'stage.bad-declaration',
        where: `${id}.inputs.${port}.needs`,
        expected: `parts of ${type.id} (${type.parts?.join(', ') ?? 'it has none'})`,
        got: unknown.join(', '),
        remedy: 'correct the names',
        audience: 'author',
      });
  }
}

/** A stage as a node has it: every axis by its name. */
export interface SettledStage extends AnyStage {
  readonly inputs: Readonly<Record<string, InputSpec & { readonly gathers?: string }>>;
  readonly outputs: Readonly<Record<string, OutputSpec & { readonly makes?: string }>>;
}

/** Puts the names of axes that params say in the place of the params. */
export function settleAxes(stage: AnyStage, params: Readonly<Record<string, unknown>>): SettledStage {
  const name = (axis: AxisName | undefined): string | undefined =>
    typeof axis === 'object' ? String(params[axis.param]) : axis;
  const settle = <S>(ports: Readonly<Record<string, S>>, settled: (spec: S) => S): Record<string, S> =>
    Object.fromEntries(Object.entries(ports).map(([port, spec]) => [port, settled(spec)]));
  return {
    ...stage,
    inputs: settle(stage.inputs, (spec) =>
      spec.gathers === undefined ? spec : { ...spec, gathers: name(spec.gathers) },
    ),
    outputs: settle(stage.outputs, (spec) => (spec.makes === undefined ? spec : { ...spec, makes: name(spec.makes) })),
  } as SettledStage;
}

/** zod takes an object without fields for `Record<string, never>`, beside which no other param could exist. */
export type ParamsOf<P extends z.ZodObject> = keyof P['shape'] extends never ? unknown : z.infer<P>;

/** The `run` of one backbone of a stage: what a backbone's module types its function with. */
export type RunOf<S, N extends string> =
  S extends StageSpec<infer I, infer P, infer O, infer B>
    ? N extends keyof B
      ? Run<I, ParamsOf<P> & ParamsOf<B[N]['params']>, O>
      : never
    : never;
