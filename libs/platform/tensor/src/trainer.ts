import { numpy as np, valueAndGrad } from '@jax-js/jax';
import { compileTrace } from './compile-trace.ts';
import { halfTypeOf } from './execute/check-compute.ts';
import { createExecutable } from './execute/create-executable.ts';
import type { Executable, ExecutionOptions, Feed, Held } from './execute/executable.ts';
import { findDivergence } from './execute/find-divergence.ts';
import type { MemoryUse } from './execute/memory.ts';
import { Session } from './execute/session.ts';
import type { TensorFlow } from './execute/tensorflow-operators.ts';
import { loadTensorFlow, TensorFlowProgram } from './execute/tensorflow.ts';
import { halveLossScale, keepLossScale, scaleLoss, startLossScale, unscaleLoss, type LossScale } from './loss-scale.ts';
import { repeatGraph } from './lower/repeat.ts';
import { encodeOnnx } from './onnx-proto.ts';
import { createOptimizer, type OptimizerOptions, type OptimizerState } from './optimizers.ts';
import { specsOf } from './program.ts';
import { TensorError } from './tensor-error.ts';
import { flattenTensors, stackTensors, unflattenTree, type FlatTree } from './tensor-tree.ts';
import { describeTensor, scalar, sizeOf, type Tensor, type TensorData, type TensorTree } from './tensor.ts';
import { isTraced, type ArrayTree, type Traced } from './trace.ts';

/** What a loss returns: a scalar, or a scalar with further scalars to report. */
export type Loss = np.Array | { readonly loss: np.Array; readonly aux: { readonly [name: string]: np.Array } };

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

/**
 * Everything a trainer needs to go on: flat f32 vectors [P] and the number of steps done. All of it fits a safetensors
 * file.
 */
export interface TrainerState {
  readonly step: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** With `compute: 'f16'`: the scale of the loss, and how many steps it has held. */
  readonly lossScale?: LossScale;
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

const STATE = 'state.';
const NEXT = 'next.';
const PARAMS = 'params';
const EMA = 'ema';
const LOSS_SCALE = 'lossScale';

/**
 * Build a trainer. The whole step is one traced function, so it is one ONNX graph. Parameters and moments are single
 * flat vectors there: a hundred small arrays would cost more in calls than in arithmetic.
 *
 * @throws TensorError for parameters that are not f32, a loss that is no scalar, and whatever `compile` throws
 */
export async function createTrainer<Params extends TensorTree, Batch extends TensorTree>(
  options: TrainerOptions<Params, Batch>,
): Promise<Trainer<Params, Batch>> {
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
  const isScaled = options.compute === 'f16';
  let lossScale = startLossScale(where, options.lossScale);
  const params = flattenTensors(options.params, `${where}.params`);
  const batch = flattenTensors(options.batchExample, `${where}.batch`);
  const total = checkParams(where, params);
  const names = [PARAMS, ...optimizer.slots, ...(ema === undefined ? [] : [EMA])];
  const stateNames = names.map((name) => STATE + name);
  const vector = { shape: [total], dtype: 'float32' } as const;
  const batchSpecs = specsOf(batch.leaves).map((spec) =>
    accumulate === 1 ? spec : { ...spec, shape: [accumulate, ...spec.shape] },
  );
  const scalarNames = [...optimizer.scalars, ...(isScaled ? [LOSS_SCALE] : [])];
  const specs = [
    ...names.map(() => vector),
    ...scalarNames.map(() => ({ shape: [], dtype: 'float32' }) as const),
    ...batchSpecs,
  ];
  const batchName = (path: string) => (path === '' ? 'batch' : `batch.${path}`);
  const inputNames = [...stateNames, ...scalarNames, ...batch.paths.map(batchName)];

  const gradientOf = (leaves: np.Array[], batchLeaves: np.Array[], scale?: np.Array): Gradient => {
    const batchTree = unflattenTree(batch.shape, batchLeaves) as Traced<Batch>;
    const scalarLoss = (...flat: np.Array[]): [np.Array, { [name: string]: np.Array }] => {
      const plain = readLoss(where, options.loss(unflattenTree(params.shape, flat) as Traced<Params>, batchTree));
      return scale === undefined ? plain : scaleLoss(plain, scale);
    };
    const argnums = leaves.map((_, i) => i);
    const [reported, grads] = valueAndGrad(scalarLoss, { argnums, hasAux: true })(...leaves) as unknown as [
      [np.Array, { [name: string]: np.Array }],
      np.Array[],
    ];
    const gradient = np.concatenate(
      grads.map((grad) => grad.reshape([-1])),
      0,
    );
    const [loss, aux] = scale === undefined ? reported : unscaleLoss(reported);
    return { loss, aux, gradient: scale === undefined ? gradient : np.divide(gradient, scale.ref) };
  };
  const step = (...inputs: np.Array[]) => {
    const state = Object.fromEntries(names.map((name, i) => [name, inputs[i]])) as OptimizerState;
    const { [LOSS_SCALE]: scale, ...scalars } = Object.fromEntries(
      scalarNames.map((name, i) => [name, inputs[names.length + i]]),
    ) as Record<string, np.Array>;
    const batchLeaves = inputs.slice(names.length + scalarNames.length);
    const leaves = splitVector(state.params.ref, params.leaves);
    const { loss, aux, gradient } =
      accumulate === 1
        ? gradientOf(leaves, batchLeaves, scale)
        : meanGradient((slice, one) => gradientOf(slice, one, scale), leaves, batchLeaves, accumulate);
    const mask = decayMask(params, optimizer.decays);
    const { [EMA]: average, ...own } = state;
    const next = optimizer.update(
      own as OptimizerState,
      scalars,
      gradient,
      mask === undefined ? undefined : np.array(mask),
    );
    const results: Record<string, ArrayTree> = { loss, gradNorm: next.gradNorm, aux };
    if (ema !== undefined) results[STATE + EMA] = average.ref.add(next.state.params.ref.sub(average).mul(1 - ema));
    return {
      ...results,
      ...Object.fromEntries(Object.entries(next.state).map(([name, value]) => [STATE + name, value])),
    };
  };

  const isState = (name: string) => name.startsWith(NEXT + STATE);
  const { traced, program, compilation } = compileTrace(where, step, specs, inputNames, (path) => NEXT + path, {
    resident: isState,
    half: halfTypeOf(options.compute ?? 'f32'),
  });
  const nextNames = stateNames.map((name) => NEXT + name);
  const { executable, lowered } = await createExecutable(where, compilation, options);
  const auxNames = traced.outputPaths
    .filter((path) => path.startsWith('aux.'))
    .map((path) => path.slice('aux.'.length));
  const executor = options.executor ?? 'onnx';
  /** Graphs of several steps, by their number. jax-js takes them one by one. */
  const several = new Map<number, Executable>();
  const executableFor = async (count: number): Promise<Executable> => {
    const known = count === 1 ? executable : several.get(count);
    if (known !== undefined) return known;
    const graph = repeatGraph(
      lowered().graph,
      { inputs: stateNames, outputs: nextNames },
      count,
      options.device === 'webgpu' ? 'unroll' : 'scan',
    );
    const made =
      executor === 'tensorflow'
        ? new TensorFlowProgram(
            where,
            options.tensorflow ?? (await loadTensorFlow(where, options.device ?? 'cpu')),
            graph,
          )
        : await Session.create(where, encodeOnnx(graph), {
            ...options,
            memory: compilation.memory,
            resident: nextNames,
          });
    several.set(count, made);
    return made;
  };

  const start = joinVector(params.leaves);
  let current: Record<string, Held> = Object.fromEntries(
    names.map((name) => [
      name,
      executable.hold({ shape: [total], data: name === PARAMS || name === EMA ? start : new Float32Array(total) }),
    ]),
  );
  let pulled: Record<string, Float32Array> | undefined;
  let done = 0;
  const vectorOf = (name: string): Float32Array => {
    const data = pulled?.[name] ?? current[name].peek()?.data;
    if (data === undefined)
      throw new TensorError({
        code: 'tensor.options',
        where: `${where}.params`,
        expected: 'the state to be at hand',
        got: 'one on the device',
        remedy: 'await pull() first',
      });
    return data as Float32Array;
  };
  const replace = (next: Record<string, Held>) => {
    for (const value of Object.values(current)) value.release();
    current = next;
    pulled = undefined;
  };
  const read = (name: string) => unflattenTree(params.shape, sliceVector(vectorOf(name), params.leaves)) as Params;
  const feedsFor = (batches: readonly StepBatch<Batch>[], first: number): Record<string, Tensor<TensorData>> => {
    const isMany = batches.length > 1;
    const feeds: Record<string, Tensor<TensorData>> = {};
    const scalars = batches.map((_, i): Record<string, number> => ({
      ...optimizer.scalarsAt(first + i),
      [LOSS_SCALE]: lossScale.factor,
    }));
    for (const name of scalarNames)
      feeds[name] = isMany
        ? { shape: [batches.length], data: Float32Array.from(scalars, (at) => at[name]) }
        : scalar(scalars[0][name]);
    const flats = batches.map((one) => flattenBatch(where, one, accumulate));
    flats[0].paths.forEach(
      (path, k) =>
        (feeds[batchName(path)] = isMany
          ? stackTensors(
              `${where}.batch.${path}`,
              flats.map(({ leaves }) => leaves[k]),
            )
          : flats[0].leaves[k]),
    );
    return feeds;
  };
  const heldFeeds = (held: Readonly<Record<string, Held>>) =>
    Object.fromEntries(names.map((name) => [STATE + name, held[name]]));
  const takeSteps = async (batches: readonly StepBatch<Batch>[]): Promise<StepResult[]> => {
    const count = batches.length;
    const engine = await executableFor(count);
    const feeds: Record<string, Feed> = { ...heldFeeds(current), ...feedsFor(batches, done) };
    const { results, held } = await engine.run(feeds, nextNames);
    const next = Object.fromEntries(names.map((name) => [name, held[NEXT + STATE + name]]));
    const made = batches.map((_, i) => ({
      step: done + i + 1,
      loss: results[`${NEXT}loss`].data[i],
      aux: Object.fromEntries(auxNames.map((name) => [name, results[`${NEXT}aux.${name}`].data[i]])),
      gradNorm: results[`${NEXT}gradNorm`].data[i],
      learningRate: optimizer.learningRate(done + i),
    }));
    const bad = made.findIndex(({ loss, gradNorm }) => !Number.isFinite(loss) || !Number.isFinite(gradNorm));
    if (bad !== -1) {
      for (const value of Object.values(next)) value.release();
      const halved = isScaled && Number.isFinite(made[bad].loss) ? halveLossScale(lossScale) : undefined;
      if (halved !== undefined) {
        lossScale = halved;
        return takeSteps(batches);
      }
      throw await diverged(made[bad], batches, bad);
    }
    replace(next);
    done += count;
    lossScale = keepLossScale(lossScale, count);
    return made;
  };
  const diverged = async (
    { loss, gradNorm, learningRate }: StepResult,
    batches: readonly StepBatch<Batch>[],
    bad: number,
  ): Promise<TensorError> => {
    // The steps before the bad one are taken again, one by one, to have its state.
    let held = current;
    for (let i = 0; i < bad; i++) {
      const taken = await executable.run({ ...heldFeeds(held), ...feedsFor([batches[i]], done + i) }, nextNames);
      if (held !== current) for (const value of Object.values(held)) value.release();
      held = Object.fromEntries(names.map((name) => [name, taken.held[NEXT + STATE + name]]));
    }
    const feeds = feedsFor([batches[bad]], done + bad);
    for (const name of names) feeds[STATE + name] = await held[name].read();
    if (held !== current) for (const value of Object.values(held)) value.release();
    const origin = await findDivergence(where, program, feeds);
    return new TensorError({
      code: 'tensor.diverged',
      where: `${where}.${Number.isFinite(loss) ? 'gradient' : 'loss'}`,
      expected: 'finite numbers',
      got: `loss ${loss} and gradient norm ${gradNorm} at step ${done + bad + 1} (learning rate ${learningRate})${origin === undefined ? '' : `: ${origin}`}; the parameters are those of ${bad === 0 ? 'the step before' : `step ${done}`}`,
      remedy: 'lower the learning rate, clip, or look at the batch',
    });
  };

  return {
    get onnx() {
      return lowered().bytes;
    },
    get operators() {
      return lowered().operators;
    },
    memory: compilation.memory,
    optimizer: optimizer.kind,
    layout: params.paths.map((path, i) => ({ path, shape: params.leaves[i].shape })),
    params: () => read(PARAMS),
    emaParams: () => read(ema === undefined ? PARAMS : EMA),
    async dispose() {
      for (const value of Object.values(current)) value.release();
      for (const one of several.values()) await one.dispose();
      await executable.dispose();
    },
    state: () => ({
      step: done,
      tensors: Object.fromEntries(
        names.map((name) => [STATE + name, { shape: [total], data: vectorOf(name).slice() }]),
      ),
      ...(isScaled && { lossScale }),
    }),
    restore(state) {
      for (const name of stateNames) {
        const value = state.tensors[name];
        if (value === undefined || value.data.length !== total) {
          throw new TensorError({
            code: 'tensor.shape',
            where: `${where}.restore.${name}`,
            expected: `f32 [${total}]`,
            got: value === undefined ? 'nothing' : describeTensor(value),
          });
        }
      }
      replace(
        Object.fromEntries(
          names.map((name) => [
            name,
            executable.hold({ shape: [total], data: Float32Array.from(state.tensors[STATE + name].data) }),
          ]),
        ),
      );
      done = state.step;
      lossScale = state.lossScale ?? lossScale;
    },
    async pull() {
      const read: Record<string, Float32Array> = {};
      for (const name of names) read[name] = (await current[name].read()).data as Float32Array;
      pulled = read;
    },
    async step(next) {
      return (await takeSteps([next]))[0];
    },
    async steps(batches) {
      if (batches.length === 0) return [];
      if (executor !== 'jax' || batches.length === 1) return takeSteps(batches);
      const made: StepResult[] = [];
      for (const one of batches) made.push(...(await takeSteps([one])));
      return made;
    },
  };
}

type Gradient = { loss: np.Array; aux: Record<string, np.Array>; gradient: np.Array };

/** Gradients of the slices of a stacked batch, one after the other, and their mean. */
function meanGradient(
  gradientOf: (leaves: np.Array[], batch: np.Array[]) => Gradient,
  leaves: np.Array[],
  stacked: np.Array[],
  count: number,
): Gradient {
  const slices = stacked.map((leaf) =>
    Array.from({ length: count }, (_, i) => (i === count - 1 ? leaf : leaf.ref).slice(i)),
  );
  let sum: Gradient | undefined;
  for (let i = 0; i < count; i++) {
    const one = gradientOf(
      i === count - 1 ? leaves : leaves.map((leaf) => leaf.ref),
      slices.map((list) => list[i]),
    );
    const before = sum;
    sum =
      before === undefined
        ? one
        : {
            loss: before.loss.add(one.loss),
            gradient: before.gradient.add(one.gradient),
            aux: Object.fromEntries(
              Object.entries(one.aux).map(([name, value]) => [name, before.aux[name].add(value)]),
            ),
          };
  }
  const mean = (x: np.Array) => x.mul(1 / count);
  const { loss, aux, gradient } = sum!;
  return {
    loss: mean(loss),
    gradient: mean(gradient),
    aux: Object.fromEntries(Object.entries(aux).map(([name, value]) => [name, mean(value)])),
  };
}

/** A batch's leaves; those of several that make one step are stacked. */
function flattenBatch(where: string, batch: StepBatch<TensorTree>, accumulate: number): FlatTree<Tensor<TensorData>> {
  if (accumulate === 1) return flattenTensors(batch as TensorTree, `${where}.batch`);
  if (!Array.isArray(batch) || batch.length !== accumulate) {
    throw new TensorError({
      code: 'tensor.shape',
      where: `${where}.batch`,
      expected: `a list of ${accumulate} batches (accumulate)`,
      got: Array.isArray(batch) ? `one of ${batch.length}` : 'no list',
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
function checkParams(where: string, params: FlatTree<Tensor<TensorData>>): number {
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
        got: describeTensor(leaf),
      });
  });
  return params.leaves.reduce((sum, leaf) => sum + leaf.data.length, 0);
}

function readLoss(where: string, result: Loss): [np.Array, { [name: string]: np.Array }] {
  const [loss, aux] = isTraced(result) ? [result, {}] : [result.loss, result.aux];
  for (const [name, value] of Object.entries({ loss, ...aux })) {
    if (value.shape.length !== 0)
      throw new TensorError({
        code: 'tensor.shape',
        where: `${where}.${name}`,
        expected: 'a scalar',
        got: `[${value.shape.join(', ')}]`,
        remedy: 'take its mean or sum',
      });
  }
  return [loss, { ...aux }];
}

/** One traced vector [P] as the leaves it is made of. */
function splitVector(vector: np.Array, leaves: readonly Tensor<TensorData>[]): np.Array[] {
  // Slices, not a split: jax-js splits into eight at most, and so would copy the rest of the vector again and again.
  let at = 0;
  return leaves.map(({ shape }, i) =>
    (i === leaves.length - 1 ? vector : vector.ref).slice([at, (at += sizeOf(shape))]).reshape([...shape]),
  );
}

function joinVector(leaves: readonly Tensor<TensorData>[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(leaves.reduce((sum, leaf) => sum + leaf.data.length, 0));
  let at = 0;
  for (const { data } of leaves) {
    joined.set(data, at);
    at += data.length;
  }
  return joined;
}

function sliceVector(vector: Float32Array, leaves: readonly Tensor<TensorData>[]): Tensor[] {
  let at = 0;
  return leaves.map(({ shape }) => {
    const size = sizeOf(shape);
    at += size;
    return { shape, data: vector.slice(at - size, at) };
  });
}

/** 1 for every element of a parameter that decays, 0 for the others; undefined when all decay. */
function decayMask(
  params: FlatTree<Tensor<TensorData>>,
  decays: (path: string) => boolean,
): Float32Array<ArrayBuffer> | undefined {
  const flags = params.paths.map(decays);
  if (flags.every((flag) => flag)) return undefined;
  return joinVector(
    params.leaves.map((leaf, i) => ({
      shape: leaf.shape,
      data: new Float32Array(leaf.data.length).fill(flags[i] ? 1 : 0),
    })),
  );
}
