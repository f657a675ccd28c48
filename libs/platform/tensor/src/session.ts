import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { OnnxDtype, OnnxValueInfo } from './onnx-proto.ts';
import { TensorError } from './tensor-error.ts';
import { describeShape, describeTensor, dtypeOf } from './tensor.ts';
import type { Tensor, TensorData } from './tensor.ts';

/** How a program runs. */
export interface SessionOptions {
  /** Threads ONNX Runtime may use; take the task's own (`ctx.threads`). Default 1. */
  readonly threads?: number;
}

/** A loaded model. `run` occupies the calling thread until it is done: stages run in worker processes. */
export class Session {
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  private readonly where: string;
  private readonly session: InferenceSession;

  private constructor(where: string, session: InferenceSession, inputs: readonly OnnxValueInfo[], outputs: readonly OnnxValueInfo[]) {
    this.where = where;
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Load a model; types at its border are read from it. */
  static async create(where: string, bytes: Uint8Array, options: SessionOptions): Promise<Session> {
    const threads = options.threads ?? 1;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new TensorError('tensor.options', `${where}.threads: expected a positive integer, got ${threads}`);
    }
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // A thread that waits sleeps: spinning ones take the processor from whatever else runs beside them, two of them on one core from each other.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        graphOptimizationLevel: 'all',
        // Failures are thrown: ONNX Runtime need not print them as well.
        logSeverityLevel: 4,
      });
    } catch (error) {
      throw new TensorError('tensor.session', `${where}.session: expected a model ONNX Runtime can load; ${messageOf(error)}`, { cause: error });
    }
    return new Session(where, session, session.inputMetadata.map(valueInfo), session.outputMetadata.map(valueInfo));
  }

  /**
   * Run the model.
   *
   * @param feeds one tensor for each input, by name
   * @param into  arrays that outputs of these names are written to, so that large state need not be allocated each step
   */
  async run(feeds: Readonly<Record<string, Tensor<TensorData>>>, into: Readonly<Record<string, Float32Array>> = {}): Promise<Record<string, Tensor<TensorData>>> {
    const ortFeeds: Record<string, OrtTensor> = {};
    for (const info of this.inputs) ortFeeds[info.name] = toOrt(checkFeed(this.where, info, feeds[info.name]));
    const unknown = Object.keys(feeds).find((name) => ortFeeds[name] === undefined);
    if (unknown !== undefined) {
      throw new TensorError('tensor.shape', `${this.where}.${unknown}: expected one of the inputs ${this.inputs.map((info) => info.name).join(', ')}`);
    }
    const fetches: Record<string, OrtTensor | null> = {};
    for (const info of this.outputs) {
      const target = into[info.name];
      fetches[info.name] = target === undefined ? null : new OrtTensor('float32', target, [...info.shape]);
    }
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run(ortFeeds, fetches);
    } catch (error) {
      throw new TensorError('tensor.session', `${this.where}.run: ${messageOf(error)}`, { cause: error });
    }
    const outputs: Record<string, Tensor<TensorData>> = {};
    for (const info of this.outputs) outputs[info.name] = fromOrt(this.where, info.name, results[info.name]);
    return outputs;
  }

  /** Give the model's memory back. */
  async dispose(): Promise<void> {
    await this.session.release();
  }
}

function checkFeed(where: string, info: OnnxValueInfo, value: Tensor<TensorData> | undefined): Tensor<TensorData> {
  const expected = describeShape(info.dtype, info.shape);
  if (value === undefined) throw new TensorError('tensor.shape', `${where}.${info.name}: expected ${expected}, got nothing`);
  const sameShape = value.shape.length === info.shape.length && value.shape.every((n, i) => info.shape[i] === n || info.shape[i] === -1);
  if (dtypeOf(value.data) !== info.dtype || !sameShape) {
    throw new TensorError('tensor.shape', `${where}.${info.name}: expected ${expected}, got ${describeTensor(value)}`);
  }
  return value;
}

function toOrt({ shape, data }: Tensor<TensorData>): OrtTensor {
  const dims = [...shape];
  if (data instanceof Float32Array) return new OrtTensor('float32', data, dims);
  if (data instanceof Int32Array) return new OrtTensor('int32', data, dims);
  if (data instanceof Uint32Array) return new OrtTensor('uint32', data, dims);
  return new OrtTensor('bool', data, dims);
}

function fromOrt(where: string, name: string, value: InferenceSession.OnnxValueMapType[string]): Tensor<TensorData> {
  const { data, dims } = value as OrtTensor;
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint32Array || data instanceof Uint8Array) {
    return { shape: [...dims], data };
  }
  throw new TensorError('tensor.session', `${where}.${name}: expected f32, i32, u32 or bool, got ${(value as OrtTensor).type}`);
}

function valueInfo(metadata: InferenceSession.ValueMetadata): OnnxValueInfo {
  if (!metadata.isTensor) return { name: metadata.name, dtype: 'float32', shape: [] };
  return { name: metadata.name, dtype: metadata.type as OnnxDtype, shape: metadata.shape.map((n) => (typeof n === 'number' ? n : -1)) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
