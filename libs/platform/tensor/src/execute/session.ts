import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { ConfinedModel } from '../confined-model.ts';
import { refuseExternalData } from '../onnx-metadata.ts';
import { encodeOnnx, type OnnxDtype, type OnnxValueInfo } from '../onnx-proto.ts';
import { TensorError } from '../tensor-error.ts';
import { describeShape, describeTensor, dtypeOf, type Tensor, type TensorData, type TensorDtype } from '../tensor.ts';
import {
  executionOptions,
  isHeld,
  type Device,
  type Executable,
  type ExecutionOptions,
  type Feed,
  type Held,
} from './executable.ts';
import { outOfMemory, type MemoryUse } from './memory.ts';

/** What loading a model takes besides its bytes. */
export interface SessionOptions extends ExecutionOptions {
  /** What the program will need, for the message when there is too little of it. */
  readonly memory?: MemoryUse;
  /** Outputs that runs keep on the device. */
  readonly resident?: readonly string[];
  /** Take the nodes as they are: loads faster, runs slower. Default true. */
  readonly optimise?: boolean;
}

/**
 * A model loaded into ONNX Runtime. `run` occupies the calling thread until it is done: stages run in worker processes.
 */
export class Session implements Executable {
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  private readonly where: string;
  private readonly session: InferenceSession;
  private readonly memory: MemoryUse | undefined;
  /** Whether held values are the processor's own arrays, which are used again. */
  private readonly isLocal: boolean;
  private readonly spare = new Map<string, Float32Array[]>();

  private constructor(where: string, session: InferenceSession, device: Device, memory: MemoryUse | undefined) {
    this.where = where;
    this.session = session;
    this.isLocal = device !== 'webgpu';
    this.memory = memory;
    this.inputs = session.inputMetadata.map(valueInfo);
    this.outputs = session.outputMetadata.map(valueInfo);
  }

  /**
   * Load a model; types at its border are read from it. Its i64 are i32 here, its f16 f32: they are cast on their way.
   *
   * @throws TensorError `tensor.session` when ONNX Runtime refuses it, `tensor.memory` when there is too little memory
   */
  static async create(where: string, model: Uint8Array | ConfinedModel, options: SessionOptions): Promise<Session> {
    const { device, threads } = executionOptions(where, options);
    if (model instanceof Uint8Array) refuseExternalData(model, where);
    let session: InferenceSession;
    try {
      // By its path, for the engine to find the files of its values beside it.
      session = await InferenceSession.create((model instanceof Uint8Array ? model : model.path) as Uint8Array, {
        executionProviders: [device],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // A thread that waits sleeps: spinning ones take the processor from whatever else runs beside them, two of them
        // on one core from each other.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        graphOptimizationLevel: options.optimise === false ? 'disabled' : 'all',
        // Failures are thrown: ONNX Runtime need not print them as well.
        logSeverityLevel: 4,
        ...(device === 'webgpu' && options.resident !== undefined
          ? {
              preferredOutputLocation: Object.fromEntries(
                options.resident.map((name) => [name, 'gpu-buffer' as const]),
              ),
            }
          : {}),
      });
    } catch (error) {
      throw (
        outOfMemory(where, error, options.memory) ??
        new TensorError(
          {
            code: 'tensor.session',
            where: `${where}.session`,
            expected: `a model that ONNX Runtime can load on ${device}`,
            got: messageOf(error),
          },
          { cause: error },
        )
      );
    }
    return new Session(where, session, device, options.memory);
  }

  async run(feeds: Readonly<Record<string, Feed>>, keep: readonly string[] = []): ReturnType<Executable['run']> {
    const ortFeeds: Record<string, OrtTensor> = {};
    for (const info of this.inputs) {
      const value = feeds[info.name];
      ortFeeds[info.name] =
        value !== undefined && value instanceof HeldTensor
          ? value.value
          : toOrt(checkFeed(this.where, info, value), info.dtype);
    }
    const unknown = Object.keys(feeds).find((name) => ortFeeds[name] === undefined);
    if (unknown !== undefined) {
      throw new TensorError({
        code: 'tensor.shape',
        where: `${this.where}.${unknown}`,
        expected: `one of the inputs ${this.inputs.map((info) => info.name).join(', ')}`,
        got: 'another name',
      });
    }
    const fetches: Record<string, OrtTensor | null> = {};
    for (const info of this.outputs) {
      const isReused = this.isLocal && keep.includes(info.name) && info.dtype === 'float32';
      fetches[info.name] = isReused ? new OrtTensor('float32', this.array(info), [...info.shape]) : null;
    }
    let made: InferenceSession.OnnxValueMapType;
    try {
      made = await this.session.run(ortFeeds, fetches);
    } catch (error) {
      throw (
        outOfMemory(this.where, error, this.memory) ??
        new TensorError(
          {
            code: 'tensor.session',
            where: `${this.where}.run`,
            expected: 'ONNX Runtime to run the model',
            got: messageOf(error),
          },
          { cause: error },
        )
      );
    }
    const results: Record<string, Tensor<TensorData>> = {};
    const held: Record<string, Held> = {};
    for (const info of this.outputs) {
      const value = made[info.name] as OrtTensor;
      if (keep.includes(info.name))
        held[info.name] = new HeldTensor(
          this.where,
          value,
          this.isLocal ? (array) => this.spare.get(sizeKey(info.shape))?.push(array) : undefined,
        );
      else results[info.name] = await fromOrt(this.where, info.name, value);
    }
    return { results, held };
  }

  hold(value: Tensor<TensorData>): Held {
    return new HeldTensor(this.where, toOrt({ shape: value.shape, data: value.data.slice() }), undefined);
  }

  /** Give the model's memory back. */
  async dispose(): Promise<void> {
    await this.session.release();
  }

  /**
   * An array for an output that is kept: one that was let go of, so that large state need not be allocated each step.
   */
  private array(info: OnnxValueInfo): Float32Array {
    const key = sizeKey(info.shape);
    const free = this.spare.get(key) ?? [];
    this.spare.set(key, free);
    return free.pop() ?? new Float32Array(info.shape.reduce((size, n) => size * n, 1));
  }
}

/** A value in ONNX Runtime's hands, on the processor or on a GPU. */
class HeldTensor implements Held {
  readonly value: OrtTensor;
  private readonly where: string;
  private readonly recycle: ((array: Float32Array) => void) | undefined;

  constructor(where: string, value: OrtTensor, recycle: ((array: Float32Array) => void) | undefined) {
    this.where = where;
    this.value = value;
    this.recycle = recycle;
  }

  async read(): Promise<Tensor<TensorData>> {
    const value = this.value.location === 'cpu' ? this.value : await fetchFromDevice(this.value);
    const { shape, data } = await fromOrt(this.where, 'held', value);
    return { shape, data: data.slice() };
  }

  peek(): Tensor<TensorData> | undefined {
    const { value } = this;
    if (value.location !== 'cpu' || !(value.data instanceof Float32Array)) return undefined;
    return { shape: [...value.dims], data: value.data.slice() };
  }

  release(): void {
    if (this.value.location === 'cpu' && this.value.data instanceof Float32Array) this.recycle?.(this.value.data);
    else this.value.dispose();
  }
}

/**
 * A value on the GPU as one in memory, by way of a model that hands it through: onnxruntime-node 1.30 ends the process
 * when a GPU tensor is asked for its data.
 */
async function fetchFromDevice(value: OrtTensor): Promise<OrtTensor> {
  const dims = [...value.dims];
  const graph = {
    opset: 18,
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    metadata: {},
  };
  const border = (name: string) => [{ name, dtype: value.type as OnnxDtype, shape: dims }];
  const session = await InferenceSession.create(encodeOnnx({ ...graph, inputs: border('x'), outputs: border('y') }), {
    executionProviders: ['webgpu'],
    logSeverityLevel: 4,
  });
  try {
    return (await session.run({ x: value })).y as OrtTensor;
  } finally {
    await session.release();
  }
}

function sizeKey(shape: readonly number[]): string {
  return String(shape.reduce((size, n) => size * n, 1));
}

function checkFeed(where: string, info: OnnxValueInfo, value: Feed | undefined): Tensor<TensorData> {
  const expected = describeShape(info.dtype, info.shape);
  if (value === undefined)
    throw new TensorError({ code: 'tensor.shape', where: `${where}.${info.name}`, expected, got: 'nothing' });
  if (isHeld(value))
    throw new TensorError({
      code: 'tensor.shape',
      where: `${where}.${info.name}`,
      expected,
      got: 'a value that another engine holds',
      remedy: 'read it first',
    });
  const sameShape =
    value.shape.length === info.shape.length &&
    value.shape.every((n, i) => info.shape[i] === n || info.shape[i] === -1);
  if (dtypeOf(value.data) !== (CAST[info.dtype] ?? info.dtype) || !sameShape) {
    throw new TensorError({
      code: 'tensor.shape',
      where: `${where}.${info.name}`,
      expected,
      got: describeTensor(value),
    });
  }
  return value;
}

/** What stands here for types of a model's border that tensors here have not: they are cast on their way. */
const CAST: Readonly<Partial<Record<OnnxDtype, TensorDtype>>> = { int64: 'int32', float16: 'float32' };

function toOrt({ shape, data }: Tensor<TensorData>, dtype?: OnnxDtype): OrtTensor {
  const dims = [...shape];
  if (dtype === 'int64') return new OrtTensor('int64', BigInt64Array.from(data as Int32Array, BigInt), dims);
  if (dtype === 'float16') return halves(new Float16Array(data as Float32Array), dims);
  if (data instanceof Float32Array) return new OrtTensor('float32', data, dims);
  if (data instanceof Int32Array) return new OrtTensor('int32', data, dims);
  if (data instanceof Uint32Array) return new OrtTensor('uint32', data, dims);
  return new OrtTensor('bool', data, dims);
}

async function fromOrt(where: string, name: string, value: OrtTensor): Promise<Tensor<TensorData>> {
  const data = value.location === 'cpu' ? value.data : await value.getData();
  if (
    data instanceof Float32Array ||
    data instanceof Int32Array ||
    data instanceof Uint32Array ||
    data instanceof Uint8Array
  ) {
    return { shape: [...value.dims], data };
  }
  if (value.type === 'float16') return { shape: [...value.dims], data: Float32Array.from(data as never) };
  if (data instanceof BigInt64Array && data.every(isSmall))
    return { shape: [...value.dims], data: Int32Array.from(data, Number) };
  throw new TensorError({
    code: 'tensor.session',
    where: `${where}.${name}`,
    expected: 'f32, f16, i32, u32, bool, or i64 within 32 bits',
    got: value.type,
  });
}

/**
 * onnxruntime-node 1.30 does not know `Float16Array`, which onnxruntime-common makes of every f16 tensor where there is
 * one: to the engine it has no elements. So the bits go as u16, and the type is said afterwards.
 */
function halves(values: Float16Array, dims: readonly number[]): OrtTensor {
  const bits = new OrtTensor('uint16', new Uint16Array(values.buffer), dims);
  return Object.defineProperty(bits, 'type', { value: 'float16' });
}

function isSmall(value: bigint): boolean {
  return value === BigInt.asIntN(32, value);
}

function valueInfo(metadata: InferenceSession.ValueMetadata): OnnxValueInfo {
  if (!metadata.isTensor) return { name: metadata.name, dtype: 'float32', shape: [] };
  return {
    name: metadata.name,
    dtype: metadata.type as OnnxDtype,
    shape: metadata.shape.map((n) => (typeof n === 'number' ? n : -1)),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
