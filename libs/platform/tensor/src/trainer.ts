import { numpy as np, valueAndGrad } from '@jax-js/jax';
import { adamW, adamWUpdate } from './adamw.ts';
import type { AdamWOptions } from './adamw.ts';
import { lower } from './lower/lower.ts';
import { specsOf } from './program.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session.ts';
import { TensorError } from './tensor-error.ts';
import { describeTensor, scalar, sizeOf } from './tensor.ts';
import type { Tensor, TensorData, TensorTree } from './tensor.ts';
import { flattenTensors, unflattenTree } from './tensor-tree.ts';
import type { FlatTree } from './tensor-tree.ts';
import { isTraced, trace } from './trace.ts';
import type { ArrayTree, Traced } from './trace.ts';

/** What a loss returns: a scalar, or a scalar with further scalars to report. */
export type Loss = np.Array | { readonly loss: np.Array; readonly aux: { readonly [name: string]: np.Array } };

/** What to train, on what, and how. */
export interface TrainerOptions<Params extends TensorTree, Batch extends TensorTree> extends SessionOptions {
  /** Pure; owns its arrays (every use but the last takes `.ref`). Randomness comes in with the batch. */
  readonly loss: (params: Traced<Params>, batch: Traced<Batch>) => Loss;
  /** Initial parameters, f32. */
  readonly params: Params;
  /** A batch: only structure, shapes and dtypes matter. */
  readonly batchExample: Batch;
  readonly optimizer: AdamWOptions;
  /** Decay of the exponential moving average of the parameters, in [0, 1); none when left out. */
  readonly ema?: number;
  /** For messages. Default `trainer`. */
  readonly name?: string;
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

/** Everything a trainer needs to go on: flat f32 vectors [P] and the number of steps done. All of it fits a safetensors file. */
export interface TrainerState {
  readonly step: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Trains parameters by running one graph a step. */
export interface Trainer<Params extends TensorTree, Batch extends TensorTree> {
  /**
   * Forward, backward, clipping, AdamW and EMA, in one run of one graph. Blocks the event loop.
   *
   * @throws TensorError `tensor.diverged` when loss or gradient are not finite; the parameters stay as before the step
   */
  step(batch: Batch): Promise<StepResult>;
  /** The parameters now (copies). */
  params(): Params;
  /** Their moving average (copies); the parameters themselves without `ema`. */
  emaParams(): Params;
  /** Parameters, moments, average and step, to store and to go on from. */
  state(): TrainerState;
  restore(state: TrainerState): void;
  /** The lowered training step, and how many nodes of each operator it has. */
  readonly onnx: Uint8Array;
  readonly operators: Readonly<Record<string, number>>;
  dispose(): Promise<void>;
}

const PARAMS = 'state.params';
const FIRST = 'state.firstMoments';
const SECOND = 'state.secondMoments';
const EMA = 'state.ema';
const SCALARS = ['learningRate', 'correction1', 'correction2'] as const;

/**
 * Build a trainer. The whole step is one traced function, so it is one ONNX graph. Parameters and moments are single flat
 * vectors there: a hundred small arrays would cost more in calls than in arithmetic.
 *
 * @throws TensorError for parameters that are not f32, a loss that is no scalar, and whatever `compile` throws
 */
export async function createTrainer<Params extends TensorTree, Batch extends TensorTree>(options: TrainerOptions<Params, Batch>): Promise<Trainer<Params, Batch>> {
  const where = options.name ?? 'trainer';
  const optimizer = adamW(options.optimizer);
  const { ema } = options;
  if (ema !== undefined && !(ema >= 0 && ema < 1)) throw new TensorError('tensor.options', `${where}.ema: expected a number in [0, 1), got ${ema}`);
  const params = flattenTensors(options.params, `${where}.params`);
  const batch = flattenTensors(options.batchExample, `${where}.batch`);
  const total = checkParams(where, params);
  const stateNames = ema === undefined ? [PARAMS, FIRST, SECOND] : [PARAMS, FIRST, SECOND, EMA];
  const vector = { shape: [total], dtype: 'float32' } as const;
  const specs = [...stateNames.map(() => vector), ...SCALARS.map(() => ({ shape: [], dtype: 'float32' }) as const), ...specsOf(batch.leaves)];
  const inputNames = [...stateNames, ...SCALARS, ...batch.paths.map((path) => (path === '' ? 'batch' : `batch.${path}`))];

  const step = (...inputs: np.Array[]) => {
    const state = Object.fromEntries(stateNames.map((name, i) => [name, inputs[i]]));
    const [learningRate, correction1, correction2] = inputs.slice(stateNames.length);
    const batchTree = unflattenTree(batch.shape, inputs.slice(stateNames.length + SCALARS.length)) as Traced<Batch>;
    const leaves = splitVector(state[PARAMS].ref, params.leaves);

    const scalarLoss = (...flat: np.Array[]): [np.Array, { [name: string]: np.Array }] =>
      readLoss(where, options.loss(unflattenTree(params.shape, flat) as Traced<Params>, batchTree));
    const argnums = leaves.map((_, i) => i);
    const [[loss, aux], grads] = valueAndGrad(scalarLoss, { argnums, hasAux: true })(...leaves) as unknown as [[np.Array, { [name: string]: np.Array }], np.Array[]];

    const gradient = np.concatenate(grads.map((grad) => grad.reshape([-1])), 0);
    const mask = decayMask(params, optimizer.decays);
    const next = adamWUpdate(
      optimizer,
      { params: state[PARAMS], firstMoments: state[FIRST], secondMoments: state[SECOND] },
      { learningRate, correction1, correction2 },
      gradient,
      mask === undefined ? undefined : np.array(mask),
    );
    const results: Record<string, ArrayTree> = { loss, gradNorm: next.gradNorm, aux };
    if (ema !== undefined) results[EMA] = state[EMA].ref.add(next.params.ref.sub(state[EMA]).mul(1 - ema));
    return { ...results, [PARAMS]: next.params, [FIRST]: next.firstMoments, [SECOND]: next.secondMoments };
  };

  const traced = trace(where, step, specs);
  const outputNames = traced.outputPaths.map((path) => `next.${path}`);
  const lowered = lower({ ...traced, inputNames, outputNames });
  const session = await Session.create(where, lowered.bytes, options);
  const auxNames = traced.outputPaths.filter((path) => path.startsWith('aux.')).map((path) => path.slice('aux.'.length));

  const start = joinVector(params.leaves);
  let current: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const name of stateNames) current[name] = name === PARAMS || name === EMA ? start.slice() : new Float32Array(total);
  let spare: Record<string, Float32Array<ArrayBuffer>> = Object.fromEntries(stateNames.map((name) => [name, new Float32Array(total)]));
  let done = 0;
  const read = (name: string) => unflattenTree(params.shape, sliceVector(current[name], params.leaves)) as Params;

  return {
    onnx: lowered.bytes,
    operators: lowered.operators,
    params: () => read(PARAMS),
    emaParams: () => read(ema === undefined ? PARAMS : EMA),
    dispose: () => session.dispose(),
    state: () => ({ step: done, tensors: Object.fromEntries(stateNames.map((name) => [name, { shape: [total], data: current[name].slice() }])) }),
    restore(state) {
      for (const name of stateNames) {
        const value = state.tensors[name];
        if (value === undefined || value.data.length !== total) {
          throw new TensorError('tensor.shape', `${where}.restore.${name}: expected f32 [${total}], got ${value === undefined ? 'nothing' : describeTensor(value)}`);
        }
      }
      for (const name of stateNames) current[name] = Float32Array.from(state.tensors[name].data);
      done = state.step;
    },
    async step(next) {
      const learningRate = optimizer.learningRate(done);
      const values = [learningRate, 1 - optimizer.betas[0] ** (done + 1), 1 - optimizer.betas[1] ** (done + 1)];
      const feeds: Record<string, Tensor<TensorData>> = {};
      for (const name of stateNames) feeds[name] = { shape: [total], data: current[name] };
      SCALARS.forEach((name, i) => (feeds[name] = scalar(values[i])));
      const flat = flattenTensors(next, `${where}.batch`);
      flat.leaves.forEach((leaf, i) => (feeds[flat.paths[i] === '' ? 'batch' : `batch.${flat.paths[i]}`] = leaf));

      const into = Object.fromEntries(stateNames.map((name) => [`next.${name}`, spare[name]]));
      const results = await session.run(feeds, into);
      const loss = results['next.loss'].data[0];
      const gradNorm = results['next.gradNorm'].data[0];
      const what = !Number.isFinite(loss) ? 'loss' : 'gradient';
      if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
        throw new TensorError(
          'tensor.diverged',
          `${where}.${what}: expected finite numbers, got loss ${loss} and gradient norm ${gradNorm} at step ${done + 1} (learning rate ${learningRate}); ` +
            'the parameters are those of the step before; lower the learning rate, clip, or look at the batch',
        );
      }
      [current, spare] = [spare, current];
      done++;
      const aux = Object.fromEntries(auxNames.map((name) => [name, results[`next.aux.${name}`].data[0]]));
      return { step: done, loss, aux, gradNorm, learningRate };
    },
  };
}

function checkParams(where: string, params: FlatTree<Tensor<TensorData>>): number {
  if (params.leaves.length === 0) throw new TensorError('tensor.tree', `${where}.params: expected at least one tensor, got none`);
  params.leaves.forEach((leaf, i) => {
    if (!(leaf.data instanceof Float32Array)) throw new TensorError('tensor.shape', `${where}.params.${params.paths[i]}: expected f32, got ${describeTensor(leaf)}`);
  });
  return params.leaves.reduce((sum, leaf) => sum + leaf.data.length, 0);
}

function readLoss(where: string, result: Loss): [np.Array, { [name: string]: np.Array }] {
  const [loss, aux] = isTraced(result) ? [result, {}] : [result.loss, result.aux];
  for (const [name, value] of Object.entries({ loss, ...aux })) {
    if (value.shape.length !== 0) throw new TensorError('tensor.shape', `${where}.${name}: expected a scalar, got [${value.shape.join(', ')}]; take its mean or sum`);
  }
  return [loss, { ...aux }];
}

/** One traced vector [P] as the leaves it is made of. */
function splitVector(vector: np.Array, leaves: readonly Tensor<TensorData>[]): np.Array[] {
  const ends: number[] = [];
  let at = 0;
  for (const leaf of leaves.slice(0, -1)) ends.push((at += sizeOf(leaf.shape)));
  const parts = leaves.length === 1 ? [vector] : np.split(vector, ends, 0);
  return parts.map((part, i) => part.reshape([...leaves[i].shape]));
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
function decayMask(params: FlatTree<Tensor<TensorData>>, decays: (path: string) => boolean): Float32Array<ArrayBuffer> | undefined {
  const flags = params.paths.map(decays);
  if (flags.every((flag) => flag)) return undefined;
  return joinVector(params.leaves.map((leaf, i) => ({ shape: leaf.shape, data: new Float32Array(leaf.data.length).fill(flags[i] ? 1 : 0) })));
}
