import type { Executable, Held } from './execute/executable.ts';
import { joinVector, sliceVector } from './flat-vector.ts';
import type { LossScale } from './loss-scale.ts';
import { TensorError } from './tensor-error.ts';
import { unflattenTree, type FlatTree } from './tensor-tree.ts';
import { describeTensor, type Tensor, type TensorData, type TensorTree } from './tensor.ts';
import { EMA, NEXT, PARAMS, STATE } from './train-step.ts';

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

/** The vectors of a state, by name, as their engine holds them. */
export type HeldVectors = Readonly<Record<string, Held>>;

/** The vectors of a training state where their engine has them: parameters, moments and average, [P] each. */
export class VectorState {
  readonly #where: string;
  readonly #names: readonly string[];
  readonly #params: FlatTree<Tensor<TensorData>>;
  readonly #executable: Executable;
  #current: HeldVectors;
  /** Copies of vectors that lie on a device, until the next step. */
  #pulled: Record<string, Float32Array> | undefined;

  /** Starts at the parameters as they are given, moments at zero. */
  constructor(where: string, names: readonly string[], params: FlatTree<Tensor<TensorData>>, executable: Executable) {
    this.#where = where;
    this.#names = names;
    this.#params = params;
    this.#executable = executable;
    const start = joinVector(params.leaves);
    this.#current = this.#hold((name) => (name === PARAMS || name === EMA ? start : new Float32Array(start.length)));
  }

  get vectors(): HeldVectors {
    return this.#current;
  }

  /** Vectors as feeds of the step's graph. */
  feeds(vectors: HeldVectors = this.#current): Record<string, Held> {
    return Object.fromEntries(this.#names.map((name) => [STATE + name, vectors[name]]));
  }

  /** Vectors of the next state among what a step's graph holds. */
  next(held: HeldVectors): HeldVectors {
    return Object.fromEntries(this.#names.map((name) => [name, held[NEXT + STATE + name]]));
  }

  /** Takes other vectors and lets go of its own. */
  replace(next: HeldVectors): void {
    release(this.#current);
    this.#current = next;
    this.#pulled = undefined;
  }

  /** One vector as the tree of the parameters (copies). */
  read(name: string): TensorTree {
    return unflattenTree(this.#params.shape, sliceVector(this.#vector(name), this.#params.leaves)) as TensorTree;
  }

  /** Copies of all vectors, named as in the graph. */
  copies(): Record<string, Tensor> {
    return Object.fromEntries(
      this.#names.map((name) => {
        const data = this.#vector(name).slice();
        return [STATE + name, { shape: [data.length], data }];
      }),
    );
  }

  /** @throws TensorError `tensor.shape` for a vector that is missing or of another length */
  restore(tensors: TrainerState['tensors']): void {
    const total = this.#params.leaves.reduce((sum, leaf) => sum + leaf.data.length, 0);
    for (const name of this.#names.map((vector) => STATE + vector)) {
      const value = tensors[name];
      if (value === undefined || value.data.length !== total) {
        throw new TensorError({
          code: 'tensor.shape',
          where: `${this.#where}.restore.${name}`,
          expected: `f32 [${total}]`,
          got: `${value === undefined ? 'nothing' : describeTensor(value)}`,
        });
      }
    }
    this.replace(this.#hold((name) => Float32Array.from(tensors[STATE + name].data)));
  }

  /** Fetches the vectors from the device. */
  async pull(): Promise<void> {
    const read: Record<string, Float32Array> = {};
    for (const name of this.#names) read[name] = (await this.#current[name].read()).data as Float32Array;
    this.#pulled = read;
  }

  dispose(): void {
    release(this.#current);
  }

  #hold(valueOf: (name: string) => Float32Array): HeldVectors {
    return Object.fromEntries(
      this.#names.map((name) => {
        const data = valueOf(name);
        return [name, this.#executable.hold({ shape: [data.length], data })];
      }),
    );
  }

  #vector(name: string): Float32Array {
    const data = this.#pulled?.[name] ?? this.#current[name].peek()?.data;
    if (data === undefined)
      throw new TensorError({
        code: 'tensor.options',
        where: `${this.#where}.params`,
        expected: 'the state to be at hand',
        got: 'one on the device',
        remedy: 'await pull() first',
      });
    return data as Float32Array;
  }
}

export function release(vectors: HeldVectors): void {
  for (const value of Object.values(vectors)) value.release();
}
