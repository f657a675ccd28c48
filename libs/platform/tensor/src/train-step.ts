import { numpy as np, valueAndGrad } from '@jax-js/jax';
import { joinVector } from './flat-vector.ts';
import { scaleLoss, unscaleLoss } from './loss-scale.ts';
import type { Optimizer, OptimizerState } from './optimizers.ts';
import { specsOf } from './program.ts';
import { TensorError } from './tensor-error.ts';
import { unflattenTree, type FlatTree } from './tensor-tree.ts';
import { sizeOf, type Tensor, type TensorData } from './tensor.ts';
import { isTraced, type ArrayTree, type InputSpec } from './trace.ts';

/** What a loss returns: a scalar, or a scalar with further scalars to report. */
export type Loss = np.Array | { readonly loss: np.Array; readonly aux: { readonly [name: string]: np.Array } };

/** Names at the border of a step's graph: state goes in as `state.<vector>`, everything comes out as `next.<path>`. */
export const STATE = 'state.';
export const NEXT = 'next.';
/** Vectors of the state beside those of the optimiser, and the scalar of f16. */
export const PARAMS = 'params';
export const EMA = 'ema';
export const LOSS_SCALE = 'lossScale';

/** What a training step is made of. */
export interface StepDefinition {
  /** for messages */
  readonly where: string;
  /** Of trees of traced arrays with the structures of `params` and `batch`. */
  readonly loss: (params: ArrayTree, batch: ArrayTree) => Loss;
  readonly params: FlatTree<Tensor<TensorData>>;
  readonly batch: FlatTree<Tensor<TensorData>>;
  readonly optimizer: Optimizer;
  /** decay of the moving average; undefined: none */
  readonly ema?: number;
  /** batches whose mean gradient makes one step */
  readonly accumulate: number;
  /** whether the loss is scaled before it is differentiated (f16) */
  readonly isScaled: boolean;
}

/** Inputs of a step's graph: vectors of the state, scalars, then the leaves of the batch. */
export interface StepInputs {
  /** flat vectors [P], by their names in the state */
  readonly vectors: readonly string[];
  readonly scalars: readonly string[];
  /** by the leaves' order */
  readonly batch: readonly string[];
  /** of all, in their order */
  readonly names: readonly string[];
  readonly specs: readonly InputSpec[];
}

/** Name of a leaf of the batch among the inputs. */
export function batchInput(path: string): string {
  return path === '' ? 'batch' : `batch.${path}`;
}

export function stepInputs({ params, batch, optimizer, ema, accumulate, isScaled }: StepDefinition): StepInputs {
  const total = params.leaves.reduce((sum, leaf) => sum + leaf.data.length, 0);
  const vectors = [PARAMS, ...optimizer.slots, ...(ema === undefined ? [] : [EMA])];
  const scalars = [...optimizer.scalars, ...(isScaled ? [LOSS_SCALE] : [])];
  const leaves = batch.paths.map(batchInput);
  return {
    vectors,
    scalars,
    batch: leaves,
    names: [...vectors.map((name) => STATE + name), ...scalars, ...leaves],
    specs: [
      ...vectors.map(() => ({ shape: [total], dtype: 'float32' }) as const),
      ...scalars.map(() => ({ shape: [], dtype: 'float32' }) as const),
      ...specsOf(batch.leaves).map((spec) =>
        accumulate === 1 ? spec : { ...spec, shape: [accumulate, ...spec.shape] },
      ),
    ],
  };
}

/**
 * One training step as a pure function of arrays in the order of `stepInputs`: forward, backward, clipping, update and
 * moving average. It gives loss, gradient norm, what the loss reports, and each vector of the next state.
 */
export function trainStep(definition: StepDefinition): (...inputs: np.Array[]) => ArrayTree {
  const { params, optimizer, ema } = definition;
  const { vectors, scalars: scalarNames } = stepInputs(definition);
  return (...inputs) => {
    const state = Object.fromEntries(vectors.map((name, i) => [name, inputs[i]])) as OptimizerState;
    const { [LOSS_SCALE]: scale, ...scalars } = Object.fromEntries(
      scalarNames.map((name, i) => [name, inputs[vectors.length + i]]),
    ) as Record<string, np.Array>;
    const batchLeaves = inputs.slice(vectors.length + scalarNames.length);
    const leaves = splitVector(state.params.ref, params.leaves);
    const { loss, aux, gradient } = meanGradient(definition, leaves, batchLeaves, scale);
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
}

type Gradient = { loss: np.Array; aux: Record<string, np.Array>; gradient: np.Array };

/** Loss of one batch, what it reports, and its gradient [P], by the parameters' leaves. */
function gradientOf(
  { where, loss: lossOf, params, batch }: StepDefinition,
  leaves: np.Array[],
  batchLeaves: np.Array[],
  scale?: np.Array,
): Gradient {
  const batchTree = unflattenTree(batch.shape, batchLeaves) as ArrayTree;
  const scalarLoss = (...flat: np.Array[]): [np.Array, { [name: string]: np.Array }] => {
    const plain = readLoss(where, lossOf(unflattenTree(params.shape, flat) as ArrayTree, batchTree));
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
}

/** Gradient of a batch; where several are stacked, of one after the other, and their mean. */
function meanGradient(definition: StepDefinition, leaves: np.Array[], stacked: np.Array[], scale?: np.Array): Gradient {
  const { accumulate: count } = definition;
  if (count === 1) return gradientOf(definition, leaves, stacked, scale);
  const slices = stacked.map((leaf) =>
    Array.from({ length: count }, (_, i) => (i === count - 1 ? leaf : leaf.ref).slice(i)),
  );
  let sum: Gradient | undefined;
  for (let i = 0; i < count; i++) {
    const one = gradientOf(
      definition,
      i === count - 1 ? leaves : leaves.map((leaf) => leaf.ref),
      slices.map((list) => list[i]),
      scale,
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
