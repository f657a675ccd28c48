import { defaultDevice, init, jit, numpy as np } from '@jax-js/jax';
import { TensorError } from '../tensor-error.ts';
import { describeShape, describeTensor, dtypeOf, type Tensor, type TensorData, type TensorDtype } from '../tensor.ts';
import { isHeld, type Device, type Executable, type Feed, type Held } from './executable.ts';

/** A flat function of arrays, with the names and types at its border. */
export interface FlatFunction {
  readonly f: (...inputs: np.Array[]) => np.Array[];
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: TensorDtype }[];
  readonly outputNames: readonly string[];
}

/** jax-js's own jit: WebAssembly on the processor, WebGPU where there is an adapter. */
export class JaxProgram implements Executable {
  private readonly where: string;
  private readonly program: FlatFunction;
  private compiled: (...inputs: np.Array[]) => np.Array[];

  private constructor(where: string, program: FlatFunction) {
    this.where = where;
    this.program = program;
    this.compiled = jit(program.f as never) as unknown as FlatFunction['f'];
  }

  /** @throws TensorError `tensor.session` when jax-js cannot use the device */
  static async create(where: string, program: FlatFunction, device: Device): Promise<JaxProgram> {
    const wanted = device === 'webgpu' ? 'webgpu' : device === 'cpu' ? 'wasm' : undefined;
    const usable = wanted === undefined ? [] : await init(wanted);
    if (wanted === undefined || !usable.includes(wanted)) {
      throw new TensorError({
        code: 'tensor.session',
        where: `${where}.device`,
        expected: 'a device that jax-js can use here',
        got: device,
        remedy: "use cpu, or executor 'onnx'",
      });
    }
    defaultDevice(wanted);
    return new JaxProgram(where, program);
  }

  async run(feeds: Readonly<Record<string, Feed>>, keep: readonly string[] = []): ReturnType<Executable['run']> {
    const outputs = this.compute(() => this.arrays(feeds));
    const results: Record<string, Tensor<TensorData>> = {};
    const held: Record<string, Held> = {};
    for (const [i, name] of this.program.outputNames.entries()) {
      if (keep.includes(name)) held[name] = new HeldArray(outputs[i]);
      else results[name] = await fromArray(outputs[i]);
    }
    return { results, held };
  }

  private compute(inputs: () => np.Array[]): np.Array[] {
    try {
      return this.compiled(...inputs());
    } catch (error) {
      // jax-js 0.1.25 compiles sorting, FFT and scattering on inputs only: op by op they run on anything.
      if (this.compiled === this.program.f || !(error instanceof Error) || !error.message.includes('input is not imm'))
        throw error;
      this.compiled = this.program.f;
      return this.compiled(...inputs());
    }
  }

  private arrays(feeds: Readonly<Record<string, Feed>>): np.Array[] {
    return this.program.inputs.map(({ name, shape, dtype }) => {
      const feed = feeds[name];
      if (feed !== undefined && isHeld(feed)) return (feed as HeldArray).value.ref;
      if (feed === undefined || dtypeOf(feed.data) !== dtype || feed.shape.join() !== shape.join()) {
        throw new TensorError({
          code: 'tensor.shape',
          where: `${this.where}.${name}`,
          expected: describeShape(dtype, shape),
          got: feed === undefined ? 'nothing' : describeTensor(feed),
        });
      }
      return toArray(feed);
    });
  }

  hold(value: Tensor<TensorData>): Held {
    return new HeldArray(toArray(value));
  }

  async dispose(): Promise<void> {
    (this.compiled as { dispose?: () => void }).dispose?.();
  }
}

class HeldArray implements Held {
  readonly value: np.Array;

  constructor(value: np.Array) {
    this.value = value;
  }

  read(): Promise<Tensor<TensorData>> {
    return fromArray(this.value.ref);
  }

  peek(): Tensor<TensorData> {
    const { shape, dtype } = this.value;
    return toTensor(shape, dtype, this.value.ref.dataSync());
  }

  release(): void {
    this.value.dispose();
  }
}

function toArray({ shape, data }: Tensor<TensorData>): np.Array {
  if (data.length === 0) return np.zeros([...shape], { dtype: dtypeOf(data) as np.DType });
  if (data instanceof Uint8Array)
    return np.array(Int32Array.from(data), { shape: [...shape], dtype: np.int32 }).astype(np.bool);
  return np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape] });
}

async function fromArray(value: np.Array): Promise<Tensor<TensorData>> {
  const { shape, dtype } = value;
  return toTensor(shape, dtype, await value.data());
}

function toTensor(shape: number[], dtype: string, data: ArrayLike<number>): Tensor<TensorData> {
  if (dtype === 'bool') return { shape, data: Uint8Array.from(data) };
  return { shape, data: (data as Float32Array).slice() };
}
