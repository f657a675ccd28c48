import type { z } from 'zod';
import { checkBackbone } from './check-backbone.ts';
import type { StageContext } from './context.ts';
import {
  loadBackbone,
  type Backbone,
  type InputSpec,
  type OutputSpec,
  type ParamsOf,
  type Run,
  type StageSpec,
} from './define-stage.ts';

/** What a backbone says of itself when it comes from outside its stage. */
type BackboneFacts<Q extends z.ZodObject> = Omit<Backbone<Q>, 'load' | 'content'>;

/** The work itself, typed from the ports and params of the stage; `operations` as in `BackboneModule`. */
interface WithRun<R> {
  readonly run: R;
  readonly operations?: Readonly<Record<string, (args: never, params: never, ctx: StageContext) => unknown>>;
}

/** A backbone of a stage that somebody else declared. */
export interface BroughtBackbone {
  /** Id of the stage. */
  readonly stage: string;
  /** kebab-case; what a graph calls it. */
  readonly name: string;
  readonly backbone: Backbone;
}

/**
 * Declare a backbone of an existing stage, from outside its library.
 *
 * @param name kebab-case, unlike those that the stage has
 * @param spec as in `defineStage`, with `run` in place (typed from the stage), or `load` where its code is heavy
 * @throws Fault `stage.argument` when it contradicts the stage
 */
export function defineBackbone<
  I extends Record<string, InputSpec>,
  P extends z.ZodObject,
  O extends Record<string, OutputSpec>,
  B extends Record<string, Backbone>,
  Q extends z.ZodObject,
>(
  stage: StageSpec<I, P, O, B>,
  name: string,
  spec: BackboneFacts<Q> & (WithRun<Run<I, ParamsOf<P> & ParamsOf<Q>, O>> | Pick<Backbone, 'load'>),
): BroughtBackbone {
  const { id } = stage;
  checkBackbone(stage, name, spec);
  if (!('run' in spec)) return { stage: id, name, backbone: spec };
  // What is spread from another backbone may carry its `load`: `run` is meant.
  const { run, operations, ...facts } = spec;
  return { stage: id, name, backbone: { ...facts, load: () => Promise.resolve({ run, operations }) } };
}

/**
 * The `run` of a backbone that a stage declares, typed: for a backbone that does something before or after another.
 *
 * @throws when its module has no `run`
 */
export async function openBackbone<
  I extends Record<string, InputSpec>,
  P extends z.ZodObject,
  O extends Record<string, OutputSpec>,
  B extends Record<string, Backbone>,
  N extends keyof B & string,
>(stage: StageSpec<I, P, O, B>, name: N): Promise<Run<I, ParamsOf<P> & ParamsOf<B[N]['params']>, O>> {
  const { run } = await loadBackbone(`${stage.id}.${name}`, stage.backbones[name]);
  return run as unknown as Run<I, ParamsOf<P> & ParamsOf<B[N]['params']>, O>;
}
