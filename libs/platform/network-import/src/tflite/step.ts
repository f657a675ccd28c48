import { floatsOf, sizeOf, type Constant } from '../constant.ts';
import type { FlatTable } from '../flat-table.ts';
import { ImportError } from '../import-error.ts';
import type { Layout, NetworkGraph } from '../network-graph.ts';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.ts';

/** Puts one operator's result into the graph. */
export type Convert = (step: Step) => void;

/** Batch, height, width, channels. */
type ImageShape = readonly [number, number, number, number];

/** `Padding` of the schema. */
const SAME = 0;

/** One operator on its way into an ONNX graph: its inputs, its options, and where its result goes. */
export class Step {
  readonly graph: NetworkGraph;
  readonly operator: TfliteOperator;
  private readonly model: TfliteModel;
  /** e.g. `CONV_2D` */
  private readonly name: string;

  constructor(graph: NetworkGraph, model: TfliteModel, operator: TfliteOperator, name: string) {
    this.graph = graph;
    this.model = model;
    this.operator = operator;
    this.name = name;
  }

  /** The fault of an operator, or a form of one, without meaning here: named with its place. */
  refuse(got: string): ImportError {
    const { model, operator, name } = this;
    const output = model.tensors[operator.outputs[0]]?.name ?? 'nothing';
    return new ImportError({
      code: 'network.operator',
      where: `${model.file.where}, operator ${model.operators.indexOf(operator)} (${name}), which makes ${output}`,
      expected: 'an operator that can be converted to ONNX',
      got,
      remedy: 'use the version of the package that this library names',
    });
  }

  /** The options, whose fields are named by their number in the schema. */
  get options(): FlatTable {
    const { options } = this.operator;
    if (options === undefined) throw this.refuse('none of its options');
    return options;
  }

  /** Id of an input in the graph. */
  input(i: number): string {
    const index = this.operator.inputs[i];
    if (index === undefined || index < 0) throw this.refuse(`no input ${i}`);
    return String(index);
  }

  has(i: number): boolean {
    return (this.operator.inputs[i] ?? -1) >= 0;
  }

  tensor(i: number): TfliteTensor {
    return this.model.tensors[Number(this.input(i))];
  }

  /** Shape of the result. */
  get outputShape(): readonly number[] {
    return this.model.tensors[this.operator.outputs[0]].shape;
  }

  /** The shape of an input of four axes: batch, height, width, channels. */
  image(i: number): ImageShape {
    return this.asImage(this.tensor(i).shape);
  }

  /** The shape of a result of four axes. */
  get outputImage(): ImageShape {
    return this.asImage(this.outputShape);
  }

  constant(i: number): Constant {
    const constant = this.graph.constantOf(this.input(i));
    if (constant === undefined) throw this.refuse(`input ${i}, ${this.tensor(i).name}, that is computed`);
    return constant;
  }

  /** Weights in floats; integers that stand for them are another kind of operator, which rounds its inputs too. */
  weights(i: number, axes: number): Constant {
    const constant = this.constant(i);
    const isFloat = constant.data instanceof Float32Array || constant.data instanceof Uint16Array;
    if (!isFloat || constant.shape.length !== axes)
      throw this.refuse(`weights of ${this.tensor(i).type} [${constant.shape.join(', ')}]`);
    return constant;
  }

  /** A constant list of i32. */
  ints(i: number): number[] {
    const { data } = this.constant(i);
    if (!(data instanceof Int32Array)) throw this.refuse(`input ${i} of ${this.tensor(i).type}`);
    return Array.from(data);
  }

  /** A constant as f32. */
  floats(i: number): Float32Array {
    return floatsOf(this.constant(i));
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    if (axis < -rank || axis >= rank) throw this.refuse(`axis ${axis} of ${rank}`);
    return (axis + rank) % rank;
  }

  /** Layout in which an elementwise operator costs least: channels first where an input is there already. */
  layout(...inputs: readonly number[]): Layout {
    const isImage = [this.outputShape, ...inputs.map((i) => this.tensor(i).shape)].every(({ length }) => length <= 4);
    const isThere = inputs.some((i) => this.graph.isNchw(this.input(i)));
    return this.outputShape.length === 4 && isImage && isThere ? 'nchw' : 'nhwc';
  }

  /**
   * Zeros around an image, `[top, left, bottom, right]`. `SAME`: as many outputs as strides fit, the odd zero behind.
   */
  pads(padding: number, kernel: readonly number[], strides: readonly number[], dilations = [1, 1]): number[] {
    if ([...kernel, ...strides, ...dilations].some((n) => n < 1))
      throw this.refuse(`strides ${strides.join(', ')} and dilations ${dilations.join(', ')}`);
    if (padding !== SAME) return [0, 0, 0, 0];
    const [, ...sides] = this.image(0).slice(0, 3);
    const total = sides.map((side, i) =>
      Math.max(0, (Math.ceil(side / strides[i]) - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - side),
    );
    return [...total.map((n) => n >> 1), ...total.map((n) => n - (n >> 1))];
  }

  /** Applies `ActivationFunctionType` of the schema. */
  activated(value: string, activation: number): string {
    if (activation === 0) return value;
    if (activation === 1) return this.graph.op('Relu', [value]);
    if (activation === 3) return this.graph.op('Clip', [value, this.graph.floats([0], []), this.graph.floats([6], [])]);
    throw this.refuse(`the fused activation ${activation}`);
  }

  /** The result, under the layout it was made in. */
  give(value: string, layout: Layout): void {
    if (this.operator.outputs.length !== 1) throw this.refuse(`${this.operator.outputs.length} outputs`);
    this.graph.set(String(this.operator.outputs[0]), value, layout);
  }

  private asImage(shape: readonly number[]): ImageShape {
    if (shape.length !== 4) throw this.refuse(`a picture of shape [${shape.join(', ')}]`);
    return shape as unknown as ImageShape;
  }

  /** The result, known now. */
  giveConstant(constant: Constant): void {
    if (sizeOf(constant.shape) !== sizeOf(this.outputShape)) throw this.refuse(`${constant.data.length} values`);
    this.graph.setConstant(String(this.operator.outputs[0]), { ...constant, shape: this.outputShape });
  }
}
