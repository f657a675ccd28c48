import { compileTrace, type CompiledTrace } from './compile-trace.ts';
import { halfTypeOf } from './execute/check-compute.ts';
import type { ExecutionOptions } from './execute/executable.ts';
import { findDivergence } from './execute/find-divergence.ts';
import type { MemoryUse } from './execute/memory.ts';
import type { TensorFlow } from './execute/tensorflow-operators.ts';
import { halveLossScale, keepLossScale, startLossScale, type LossScale } from './loss-scale.ts';
import { createOptimizer, type OptimizerOptions } from './optimizers.ts';
import { StepGraphs } from './step-graphs.ts';
import { TensorError } from './tensor-error.ts';
import { flattenTensors, stackTensors, type FlatTree } from './tensor-tree.ts';
import { describeTensor, scalar, type Tensor, type TensorData, type TensorTree } from './tensor.ts';
import type { ArrayTree, Traced } from './trace.ts';
import {
  batchInput,
  EMA,
  LOSS_SCALE,
  NEXT,
  PARAMS,
  STATE,
  stepInputs,
  trainStep,
  type Loss,
  type StepDefinition,
  type StepInputs,
} from './train-step.ts';
import { release, VectorState, type TrainerState } from './trainer-state.ts';

/** What to train, on what, and how. */
export interface TrainerOptions<Params extends TensorTree, Batch extends TensorTree> extends ExecutionOptions {
  /** Pure; owns its arrays (every use but the last takes `.ref`). Randomness comes in with the batch. */
  readonly loss: (params: Traced<Params>, batch: Traced<Batch>) => Loss;
  /** Initial parameters, f32. */
  readonly params: Params;
  /** A batch: only structure, shapes and dtypes matter. */
  readonly batchExample: Batch;
  readonly optimizer: OptimizerOptions;
  /** Decay of the exponential moving average of the parameters, in [0, 1); none when left out. */
  readonly ema?: number;
  /**
   * Batches whose mean gradient makes one step: what a large batch would give, in the memory of a small one. Default 1.
   */
  readonly accumulate?: number;
  /**
   * For `compute: 'f16'`, whose smallest number is 6e-8: the loss is multiplied by this before it is differentiated,
   * and the gradient divided by it. Halved where the gradient overflows, and the step taken again; doubled after 2000
   * steps without. A power of two, default 32768.
   */
  readonly lossScale?: number;
  /** For messages. Default `trainer`. */
  readonly name?: string;
  /** A TensorFlow.js to use instead of the installed one, for executor `tensorflow`. */
  readonly tensorflow?: TensorFlow;
}

/** What one step did. `loss` and `aux` are those before the update. */
export interface StepResult {
  /** Steps done, this one included. */
  readonly step: number;
  readonly loss: number;
  readonly aux: Readonly<Record<string, number>>;
  /** Global norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
}

/** What a step takes: a batch, or as many as `accumulate` says. */
export type StepBatch<Batch> = Batch | readonly Batch[];

/** Trains parameters by running one graph a step. */
export interface Trainer<Params extends TensorTree, Batch extends TensorTree> {
  /**
   * Forward, backward, clipping, update and EMA, in one run of one graph. Blocks the event loop.
   *
   * @throws TensorError `tensor.diverged` when loss or gradient are not finite, naming the first operation that made it
   *   so; the parameters stay as before
   */
  step(batch: StepBatch<Batch>): Promise<StepResult>;
  /**
   * Several steps in one run of one graph: parameters and optimiser never leave it. The graph for each number of steps
   * is built once.
   */
  steps(batches: readonly StepBatch<Batch>[]): Promise<StepResult[]>;
  /** The parameters now (copies). */
  params(): Params;
  /** Their moving average (copies); the parameters themselves without `ema`. */
  emaParams(): Params;
  /** Parameters, moments, average and step, to store and to go on from. */
  state(): TrainerState;
  restore(state: TrainerState): void;
  /**
   * Fetch the state from the device, where reading it has to be waited for (`device: 'webgpu'`): `params`, `emaParams`
   * and `state` then give it until the next step.
   */
  pull(): Promise<void>;
  /** Dotted paths and shapes of the parameters, in the order of the flat vectors. */
  readonly layout: readonly { readonly path: string; readonly shape: readonly number[] }[];
  readonly optimizer: OptimizerOptions['kind'];
  /** The lowered training step, and how many nodes of each operator it has. */
  readonly onnx: Uint8Array;
  readonly operators: Readonly<Record<string, number>>;
  /** What a step needs, estimated. */
  readonly memory: MemoryUse;
  dispose(): Promise<void>;
}

/**
 * Build a trainer. The whole step is one traced function, so it is one ONNX graph. Parameters and moments are single
 * flat vectors there: a hundred small arrays would cost more in calls than in arithmetic.
 *
 * @throws TensorError for parameters that are not f32, a loss that is no scalar, and whatever `compile` throws
 */
export async function createTrainer<Params extends TensorTree, Batch extends TensorTree>(
  options: TrainerOptions<Params, Batch>,
): Promise<Trainer<Params, Batch>> {
  const definition = defineStep(options);
  const { where } = definition;
  const lossScale = startLossScale(where, options.lossScale);
  checkParams(where, definition.params);
  const inputs = stepInputs(definition);
  const trace = compileTrace(where, trainStep(definition), inputs.specs, inputs.names, (path) => NEXT + path, {
    resident: (name) => name.startsWith(NEXT + STATE),
    half: halfTypeOf(options.compute ?? 'f32'),
  });
  const graphs = await StepGraphs.create({
    where,
    compilation: trace.compilation,
    vectors: inputs.vectors,
    options,
  });
  return new GraphTrainer<Params, Batch>({
    definition,
    inputs,
    trace,
    graphs,
    lossScale,
    takesOneByOne: options.executor === 'jax',
  });
}

/** The options of a step, checked. */
function defineStep<Params extends TensorTree, Batch extends TensorTree>(
  options: TrainerOptions<Params, Batch>,
): StepDefinition {
  const where = options.name ?? 'trainer';
  const optimizer = createOptimizer(options.optimizer);
  const { ema, accumulate = 1 } = options;
  if (ema !== undefined && !(ema >= 0 && ema < 1))
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.ema`,
      expected: 'a number in [0, 1)',
      got: `${ema}`,
    });
  if (!Number.isInteger(accumulate) || accumulate < 1)
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.accumulate`,
      expected: 'a positive integer',
      got: `${accumulate}`,
    });
  return {
    where,
    loss: options.loss as unknown as (params: ArrayTree, batch: ArrayTree) => Loss,
    params: flattenTensors(options.params, `${where}.params`),
    batch: flattenTensors(options.batchExample, `${where}.batch`),
    optimizer,
    ema,
    accumulate,
    isScaled: options.compute === 'f16',
  };
}

interface TrainerParts {
  readonly definition: StepDefinition;
  readonly inputs: StepInputs;
  readonly trace: CompiledTrace;
  readonly graphs: StepGraphs;
  readonly lossScale: LossScale;
  /** jax-js has no graph of several steps */
  readonly takesOneByOne: boolean;
}

class GraphTrainer<Params extends TensorTree, Batch extends TensorTree> implements Trainer<Params, Batch> {
  readonly #parts: TrainerParts;
  readonly #state: VectorState;
  /** names of what the loss reports */
  readonly #auxNames: readonly string[];
  #lossScale: LossScale;
  /** steps */
  #done = 0;

  constructor(parts: TrainerParts) {
    const { definition, inputs, graphs, trace } = parts;
    this.#parts = parts;
    this.#state = new VectorState(definition.where, inputs.vectors, definition.params, graphs.single);
    this.#auxNames = trace.traced.outputPaths
      .filter((path) => path.startsWith('aux.'))
      .map((path) => path.slice('aux.'.length));
    this.#lossScale = parts.lossScale;
  }

  get onnx(): Uint8Array {
    return this.#parts.graphs.lowered().bytes;
  }

  get operators(): Readonly<Record<string, number>> {
    return this.#parts.graphs.lowered().operators;
  }

  get memory(): MemoryUse {
    return this.#parts.trace.compilation.memory;
  }

  get optimizer(): OptimizerOptions['kind'] {
    return this.#parts.definition.optimizer.kind;
  }

  get layout(): { path: string; shape: readonly number[] }[] {
    const { paths, leaves } = this.#parts.definition.params;
    return paths.map((path, i) => ({ path, shape: leaves[i].shape }));
  }

  params(): Params {
    return this.#state.read(PARAMS) as Params;
  }

  emaParams(): Params {
    return this.#state.read(this.#parts.definition.ema === undefined ? PARAMS : EMA) as Params;
  }

  state(): TrainerState {
    return {
      step: this.#done,
      tensors: this.#state.copies(),
      ...(this.#parts.definition.isScaled && { lossScale: this.#lossScale }),
    };
  }

  restore(state: TrainerState): void {
    this.#state.restore(state.tensors);
    this.#done = state.step;
    this.#lossScale = state.lossScale ?? this.#lossScale;
  }

  pull(): Promise<void> {
    return this.#state.pull();
  }

  async step(batch: StepBatch<Batch>): Promise<StepResult> {
    return (await this.#take([batch]))[0];
  }

  async steps(batches: readonly StepBatch<Batch>[]): Promise<StepResult[]> {
    if (batches.length === 0) return [];
    if (!this.#parts.takesOneByOne || batches.length === 1) return this.#take(batches);
    const made: StepResult[] = [];
    for (const one of batches) made.push(...(await this.#take([one])));
    return made;
  }

  async dispose(): Promise<void> {
    this.#state.dispose();
    await this.#parts.graphs.dispose();
  }

  /** Steps in one run of one graph; where a gradient overflows f16, once more with half the scale. */
  async #take(batches: readonly StepBatch<Batch>[]): Promise<StepResult[]> {
    const { definition, graphs } = this.#parts;
    const engine = await graphs.of(batches.length);
    const feeds = { ...this.#state.feeds(), ...this.#feedsFor(batches, this.#done) };
    const { results, held } = await engine.run(feeds, graphs.kept);
    const next = this.#state.next(held);
    const made = batches.map((_, i) => this.#resultOf(results, i));
    const bad = made.findIndex(({ loss, gradNorm }) => !Number.isFinite(loss) || !Number.isFinite(gradNorm));
    if (bad !== -1) {
      release(next);
      const isOverflow = definition.isScaled && Number.isFinite(made[bad].loss);
      const halved = isOverflow ? halveLossScale(this.#lossScale) : undefined;
      if (halved === undefined) throw await this.#diverged(made[bad], batches, bad);
      this.#lossScale = halved;
      return this.#take(batches);
    }
    this.#state.replace(next);
    this.#done += batches.length;
    this.#lossScale = keepLossScale(this.#lossScale, batches.length);
    return made;
  }

  /** What the i-th step of a run did. */
  #resultOf(results: Readonly<Record<string, Tensor<TensorData>>>, i: number): StepResult {
    const numberOf = (name: string): number => results[NEXT + name].data[i] as number;
    return {
      step: this.#done + i + 1,
      loss: numberOf('loss'),
      aux: Object.fromEntries(this.#auxNames.map((name) => [name, numberOf(`aux.${name}`)])),
      gradNorm: numberOf('gradNorm'),
      learningRate: this.#parts.definition.optimizer.learningRate(this.#done + i),
    };
  }

  /** Scalars and batches as the graph of so many steps takes them: stacked where there are several. */
  #feedsFor(batches: readonly StepBatch<Batch>[], first: number): Record<string, Tensor<TensorData>> {
    const { where, optimizer, accumulate } = this.#parts.definition;
    const isMany = batches.length > 1;
    const feeds: Record<string, Tensor<TensorData>> = {};
    const scalars = batches.map((_, i): Record<string, number> => ({
      ...optimizer.scalarsAt(first + i),
      [LOSS_SCALE]: this.#lossScale.factor,
    }));
    for (const name of this.#parts.inputs.scalars)
      feeds[name] = isMany
        ? { shape: [batches.length], data: Float32Array.from(scalars, (at) => at[name]) }
        : scalar(scalars[0][name]);
    const flats = batches.map((one) => flattenBatch(where, one, accumulate));
    for (const [k, path] of flats[0].paths.entries()) {
      const leaves = flats.map((flat) => flat.leaves[k]);
      feeds[batchInput(path)] = isMany ? stackTensors(`${where}.batch.${path}`, leaves) : leaves[0];
    }
    return feeds;
  }

  /** The error of a step that is not finite, with the first operation that was not. */
  async #diverged(
    { loss, gradNorm, learningRate }: StepResult,
    batches: readonly StepBatch<Batch>[],
    bad: number,
  ): Promise<TensorError> {
    const { definition, graphs, inputs, trace } = this.#parts;
    const { where } = definition;
    // The steps before the bad one are taken again, one by one, to have its state.
    let held = this.#state.vectors;
    for (let i = 0; i < bad; i++) {
      const feeds = { ...this.#state.feeds(held), ...this.#feedsFor([batches[i]], this.#done + i) };
      const taken = await graphs.single.run(feeds, graphs.kept);
      if (held !== this.#state.vectors) release(held);
      held = this.#state.next(taken.held);
    }
    const feeds = this.#feedsFor([batches[bad]], this.#done + bad);
    for (const name of inputs.vectors) feeds[STATE + name] = await held[name].read();
    if (held !== this.#state.vectors) release(held);
    const origin = await findDivergence(where, trace.program, feeds);
    const kept = bad === 0 ? 'the step before' : `step ${this.#done}`;
    return new TensorError({
      code: 'tensor.diverged',
      where: `${where}.${Number.isFinite(loss) ? 'gradient' : 'loss'}`,
      expected: 'finite numbers',
      got:
        `loss ${loss} and gradient norm ${gradNorm} at step ${this.#done + bad + 1} (learning rate ${learningRate})` +
        `${origin === undefined ? '' : `: ${origin}`}; the parameters are those of ${kept}`,
      remedy: 'lower the learning rate, clip, or look at the batch',
    });
  }
}

/** A batch's leaves; those of several that make one step are stacked. */
function flattenBatch(where: string, batch: StepBatch<TensorTree>, accumulate: number): FlatTree<Tensor<TensorData>> {
  if (accumulate === 1) return flattenTensors(batch as TensorTree, `${where}.batch`);
  if (!Array.isArray(batch) || batch.length !== accumulate) {
    throw new TensorError({
      code: 'tensor.shape',
      where: `${where}.batch`,
      expected: `a list of ${accumulate} batches (accumulate)`,
      got: `${Array.isArray(batch) ? `one of ${batch.length}` : 'no list'}`,
    });
  }
  const flats = batch.map((one: TensorTree, i) => flattenTensors(one, `${where}.batch.${i}`));
  return {
    ...flats[0],
    leaves: flats[0].leaves.map((_, k) =>
      stackTensors(
        `${where}.batch.${flats[0].paths[k]}`,
        flats.map(({ leaves }) => leaves[k]),
      ),
    ),
  };
}

function checkParams(where: string, params: FlatTree<Tensor<TensorData>>): void {
  if (params.leaves.length === 0)
    throw new TensorError({
      code: 'tensor.tree',
      where: `${where}.params`,
      expected: 'at least one tensor',
      got: 'none',
    });
  params.leaves.forEach((leaf, i) => {
    if (!(leaf.data instanceof Float32Array))
      throw new TensorError({
        code: 'tensor.shape',
        where: `${where}.params.${params.paths[i]}`,
        expected: 'f32',
        got: `${describeTensor(leaf)}`,
      });
  });
}
