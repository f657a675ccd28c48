import { bytesOf, encodeOnnx, GraphBuilder, ONNX_DTYPES, type OnnxAttribute } from '@soliloquy/tensor/onnx';
import { sizeOf, transposed, type Constant } from './constant.ts';

/** Order of the axes of a value of four axes: as TensorFlow has it, or as ONNX's operators want it. */
export type Layout = 'nhwc' | 'nchw';

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

/** A value under both layouts, each made when it is first asked for. */
interface Twins {
  nhwc?: string;
  nchw?: string;
  readonly constant?: Constant;
}

/**
 * An ONNX graph in the making from a network that keeps channels last. Every value of it may exist twice, channels
 * last and channels first, and is transposed only where an operator wants the other one: of a network's hundred
 * convolutions two to seven transposes remain. Values of other ranks than four are `nhwc`.
 */
export class NetworkGraph {
  private readonly builder = new GraphBuilder();
  private readonly values = new Map<string, Twins>();
  private readonly inputs: { name: string; dtype: 'float32'; shape: readonly number[] }[] = [];
  private readonly outputs: { name: string; dtype: 'float32'; shape: readonly number[] }[] = [];

  /** An f32 input. @param id of the value in the network */
  input(id: string, name: string, shape: readonly number[]): void {
    this.inputs.push({ name, dtype: 'float32', shape });
    this.values.set(id, { nhwc: name });
  }

  /** An f32 output, channels last. */
  output(id: string, name: string, shape: readonly number[]): void {
    // A node of its own: what is an output may also be read within, and under another name.
    this.builder.output(this.op('Identity', [this.nhwc(id)]), name);
    this.outputs.push({ name, dtype: 'float32', shape });
  }

  setConstant(id: string, constant: Constant): void {
    this.values.set(id, { constant });
  }

  set(id: string, name: string, layout: Layout): void {
    this.values.set(id, { [layout]: name });
  }

  constantOf(id: string): Constant | undefined {
    return this.values.get(id)?.constant;
  }

  /** Whether a value is there channels first, so that taking it so costs nothing. */
  isNchw(id: string): boolean {
    return this.values.get(id)?.nchw !== undefined;
  }

  /** Name of the value as the network has it. */
  nhwc(id: string): string {
    const twins = this.twins(id);
    twins.nhwc ??= twins.constant
      ? this.weights(twins.constant)
      : this.op('Transpose', [twins.nchw!], { perm: TO_NHWC });
    return twins.nhwc;
  }

  /** Name of the value channels first; a constant of fewer axes gets leading ones, so that it broadcasts as before. */
  nchw(id: string): string {
    const twins = this.twins(id);
    twins.nchw ??= twins.constant
      ? this.weights(planes(twins.constant))
      : this.op('Transpose', [twins.nhwc!], { perm: TO_NCHW });
    return twins.nchw;
  }

  as(layout: Layout, id: string): string {
    return layout === 'nchw' ? this.nchw(id) : this.nhwc(id);
  }

  /** Adds an operator with one result. @returns the result's name */
  op(name: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.builder.emit(name, inputs, attributes);
  }

  /** A constant in f32; one that is stored in f16 stays so, behind a Cast. Exact: every f16 is an f32. */
  weights({ shape, data }: Constant): string {
    if (data instanceof Uint16Array)
      return this.op('Cast', [this.builder.constant('float16', shape, data)], { to: ONNX_DTYPES.float32 });
    return this.builder.constant('float32', shape, data instanceof Float32Array ? data : Float32Array.from(data));
  }

  /** A small f32 constant, written out. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const data = Float32Array.from(values);
    return this.builder.table(`f32:${values.join()}`, 'float32', shape, bytesOf(data));
  }

  /** A list of i64: shapes, axes, bounds. */
  ints(values: readonly number[]): string {
    return this.builder.ints(values);
  }

  /** The model's bytes; the same network gives the same bytes. */
  encode(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    return encodeOnnx(this.builder.finish(this.inputs, this.outputs, metadata));
  }

  private twins(id: string): Twins {
    const twins = this.values.get(id);
    if (twins === undefined) throw new Error(`network-graph: no value ${id}`);
    return twins;
  }
}

function planes(constant: Constant): Constant {
  const { shape } = constant;
  const padded = [...Array<number>(4 - shape.length).fill(1), ...shape];
  if (sizeOf(shape) === 1) return { ...constant, shape: padded };
  return transposed({ ...constant, shape: padded }, TO_NCHW);
}
