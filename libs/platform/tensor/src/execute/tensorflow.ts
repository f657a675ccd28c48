import type * as tf from '@tensorflow/tfjs-core';
import type { OnnxDtype, OnnxGraph, OnnxInitializer } from '../onnx-proto.ts';
import { TensorError } from '../tensor-error.ts';
import { describeShape, describeTensor, dtypeOf, type Tensor, type TensorData } from '../tensor.ts';
import { isHeld, type Device, type Executable, type Feed, type Held } from './executable.ts';
import { TENSORFLOW_OPERATORS, type TensorFlow } from './tensorflow-operators.ts';

/** Packages that bring a TensorFlow.js engine, best first, by device. All are optional peers. */
const PACKAGES: Readonly<Record<Device, readonly string[]>> = {
  cuda: ['@tensorflow/tfjs-node-gpu'],
  cpu: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-backend-cpu'],
  webgpu: ['@tensorflow/tfjs-backend-webgpu'],
};

/**
 * TensorFlow.js for a device, from whatever package is installed.
 *
 * @throws TensorError `tensor.session` naming the packages that would do
 */
export async function loadTensorFlow(where: string, device: Device): Promise<TensorFlow> {
  await restoreNodeUtil();
  const { createRequire } = await import('node:module');
  const { resolve } = createRequire(import.meta.url);
  for (const name of PACKAGES[device]) {
    try {
      resolve(name);
    } catch {
      continue;
    }
    try {
      const loaded = (await import(name)) as Record<string, unknown>;
      // A backend alone brings no operations: those are in the core.
      if ('matMul' in loaded) return loaded as unknown as TensorFlow;
      const core = await import('@tensorflow/tfjs-core');
      await core.setBackend(name.slice(name.lastIndexOf('-') + 1));
      await core.ready();
      return core;
    } catch (error) {
      throw new TensorError(
        { code: 'tensor.session', where: `${where}.tensorflow`, expected: `${name} to load`, got: String(error) },
        {
          cause: error,
        },
      );
    }
  }
  throw new TensorError({
    code: 'tensor.session',
    where: `${where}.tensorflow`,
    expected: `a TensorFlow.js package for ${device}`,
    got: 'none',
    remedy: `npm install ${PACKAGES[device].join(' or ')}`,
  });
}

/** TensorFlow.js's Node package calls two functions that Node 23 took away. */
async function restoreNodeUtil(): Promise<void> {
  if (typeof process === 'undefined') return;
  const util = (await import('node:util')).default as unknown as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/**
 * A lowered program that TensorFlow.js computes node by node: it has no compiler, so all that lowering saves is saved
 * here too.
 */
export class TensorFlowProgram implements Executable {
  private readonly where: string;
  private readonly engine: TensorFlow;
  private readonly graph: OnnxGraph;
  private readonly constants: Constants;
  private readonly bodies = new Map<OnnxGraph, Constants>();

  /** @throws TensorError `tensor.unsupported-primitive` for an operator or a type that TensorFlow.js does not have */
  constructor(where: string, engine: TensorFlow, graph: OnnxGraph) {
    this.where = where;
    this.engine = engine;
    this.graph = graph;
    checkOperators(where, graph);
    this.constants = this.load(graph);
  }

  async run(feeds: Readonly<Record<string, Feed>>, keep: readonly string[] = []): ReturnType<Executable['run']> {
    const values = new Map<string, tf.Tensor>();
    const owned: tf.Tensor[] = [];
    for (const { name, dtype, shape } of this.graph.inputs) {
      const feed = feeds[name];
      if (feed !== undefined && isHeld(feed)) values.set(name, (feed as HeldTensor).value);
      else {
        if (feed === undefined || dtypeOf(feed.data) !== dtype || feed.shape.join() !== shape.join()) {
          throw new TensorError({
            code: 'tensor.shape',
            where: `${this.where}.${name}`,
            expected: describeShape(dtype, shape),
            got: feed === undefined ? 'nothing' : describeTensor(feed),
          });
        }
        const made = this.engine.tensor(feed.data as Float32Array, [...shape], tfDtype(dtype));
        owned.push(made);
        values.set(name, made);
      }
    }
    const outputs = this.interpret(this.graph, values);
    for (const value of owned) value.dispose();
    const results: Record<string, Tensor<TensorData>> = {};
    const held: Record<string, Held> = {};
    for (const [i, { name, dtype }] of this.graph.outputs.entries()) {
      const value = new HeldTensor(outputs[i], dtype);
      if (keep.includes(name)) held[name] = value;
      else {
        results[name] = await value.read();
        value.release();
      }
    }
    return { results, held };
  }

  hold({ shape, data }: Tensor<TensorData>): Held {
    return new HeldTensor(this.engine.tensor(data as Float32Array, [...shape], tfDtype(dtypeOf(data))), dtypeOf(data));
  }

  async dispose(): Promise<void> {
    for (const { tensors } of [this.constants, ...this.bodies.values()])
      for (const value of tensors.values()) value.dispose();
  }

  /** Outputs in order; everything else made on the way is given back. `values` stay the caller's. */
  private interpret(graph: OnnxGraph, values: ReadonlyMap<string, tf.Tensor>): tf.Tensor[] {
    const constants = graph === this.graph ? this.constants : (this.bodies.get(graph) ?? this.load(graph));
    if (graph !== this.graph) this.bodies.set(graph, constants);
    const { engine } = this;
    return engine.tidy(() => {
      const scope = new Map<string, tf.Tensor>([...constants.tensors, ...values]);
      for (const node of graph.nodes) {
        const inputs = node.inputs.map((name) => scope.get(name)!);
        const numbers = (i: number) => constants.numbers.get(node.inputs[i])!;
        const made =
          node.op === 'Scan'
            ? this.scan(node.attributes, inputs, scope)
            : engine.tidy(() => TENSORFLOW_OPERATORS[node.op](engine, { node, inputs, numbers }));
        [made].flat().forEach((value, i) => scope.set(node.outputs[i], value));
      }
      // A copy, for what is an input or a constant or comes out twice.
      const seen = new Set<tf.Tensor>([...constants.tensors.values(), ...values.values()]);
      return graph.outputs.map(({ name }) => {
        const value = scope.get(name)!;
        const result = seen.has(value) ? engine.reshape(value, value.shape) : value;
        seen.add(result);
        return result;
      });
    });
  }

  /** ONNX Scan along first axes: states go round, the rest is taken and stacked slice by slice. */
  private scan(
    attributes: OnnxGraph['nodes'][number]['attributes'],
    inputs: readonly tf.Tensor[],
    scope: ReadonlyMap<string, tf.Tensor>,
  ): tf.Tensor[] {
    const { engine } = this;
    const { graph: body } = attributes.body as { graph: OnnxGraph };
    const scanned = Number(attributes.num_scan_inputs);
    let states = inputs.slice(0, inputs.length - scanned);
    const slices = inputs.slice(inputs.length - scanned).map((value) => engine.unstack(value, 0));
    const stacked: tf.Tensor[][] = body.outputs.slice(states.length).map(() => []);
    for (let step = 0; step < slices[0].length; step++) {
      const values = new Map(scope);
      body.inputs.forEach(({ name }, i) =>
        values.set(name, i < states.length ? states[i] : slices[i - states.length][step]),
      );
      const outputs = this.interpret(body, values);
      states = outputs.slice(0, states.length);
      outputs.slice(states.length).forEach((value, i) => stacked[i].push(value));
    }
    return [...states, ...stacked.map((list) => engine.stack(list, 0))];
  }

  private load(graph: OnnxGraph): Constants {
    const tensors = new Map<string, tf.Tensor>();
    const numbers = new Map<string, number[]>();
    for (const constant of graph.initializers) {
      const data = readConstant(constant);
      if (constant.dtype === 'int64') numbers.set(constant.name, [...data]);
      const made = this.engine.tensor(data as Float32Array, [...constant.shape], tfDtype(constant.dtype));
      tensors.set(constant.name, keep(made));
    }
    return { tensors, numbers };
  }
}

interface Constants {
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
  readonly numbers: ReadonlyMap<string, number[]>;
}

/** A tensor in TensorFlow.js's hands. */
class HeldTensor implements Held {
  readonly value: tf.Tensor;
  private readonly dtype: OnnxDtype;

  constructor(value: tf.Tensor, dtype: OnnxDtype) {
    this.value = value;
    this.dtype = dtype;
  }

  async read(): Promise<Tensor<TensorData>> {
    return this.tensor(await this.value.data());
  }

  peek(): Tensor<TensorData> {
    return this.tensor(this.value.dataSync());
  }

  release(): void {
    this.value.dispose();
  }

  private tensor(data: ArrayLike<number>): Tensor<TensorData> {
    const made =
      this.dtype === 'float32'
        ? Float32Array.from(data)
        : this.dtype === 'bool'
          ? Uint8Array.from(data)
          : Int32Array.from(data);
    return { shape: [...this.value.shape], data: made };
  }
}

/** Exempt from the tidying that is under way. */
function keep(value: tf.Tensor): tf.Tensor {
  value.kept = true;
  return value;
}

function tfDtype(dtype: OnnxDtype): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32') return 'float32';
  return dtype === 'bool' ? 'bool' : 'int32';
}

function readConstant({ dtype, bytes }: OnnxInitializer): Float32Array | Int32Array | Uint8Array {
  const { buffer } = bytes.slice();
  if (dtype === 'float32') return new Float32Array(buffer);
  if (dtype === 'int32') return new Int32Array(buffer);
  if (dtype === 'int64') return Int32Array.from(new BigInt64Array(buffer), Number);
  return new Uint8Array(buffer);
}

function checkOperators(where: string, graph: OnnxGraph): void {
  const refuse = (what: string) =>
    new TensorError({
      code: 'tensor.unsupported-primitive',
      where: `${where}.tensorflow`,
      expected: 'operators and types that TensorFlow.js has',
      got: what,
      remedy: "use executor 'onnx'",
    });
  for (const { name, dtype } of [...graph.inputs, ...graph.outputs, ...graph.initializers]) {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'int64' && dtype !== 'bool')
      throw refuse(`${name} of type ${dtype}`);
  }
  for (const { op, attributes } of graph.nodes) {
    if (op === 'Scan') checkOperators(where, (attributes.body as { graph: OnnxGraph }).graph);
    else if (!Object.hasOwn(TENSORFLOW_OPERATORS, op)) throw refuse(op);
  }
}
