import { NetworkGraph, transposed, type Constant } from '@soliloquy/network-import';

/** Mean colour of dlib's faces, RGB, and what the rest is divided by (dlib, `input_rgb_image_sized`). */
const MEAN = [122.782, 117.001, 104.298];
const RANGE = 256;
const SIDE = 150;

/** A map of features on its way through the network. */
interface Features {
  readonly value: string;
  /** pixels of its side */
  readonly side: number;
  readonly channels: number;
}

/** Blocks of the network in their order; `down` halves the map. */
const BLOCKS = [
  ['conv32_1', 'conv32_2', 'conv32_3'],
  ['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ['conv128_down', 'conv128_1', 'conv128_2'],
  ['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
].flat();

/**
 * dlib's face recognition network (`dlib_face_recognition_resnet_model_v1`, King 2017; a ResNet of 29 layers, He et al.
 * 2016), whose weights face-api carries without a graph.
 *
 * Input `image` f32 [1, 150, 150, 3], RGB 0 … 255; output `embedding` f32 [1, 128].
 *
 * @param weights by the names of face-api
 * @returns       the ONNX model's bytes
 */
export function buildDlibNetwork(weights: ReadonlyMap<string, Constant>): Uint8Array {
  const graph = new NetworkGraph();
  graph.input('image', 'image', [1, SIDE, SIDE, 3]);
  const centred = graph.op('Sub', [graph.nchw('image'), graph.floats(MEAN, [1, 3, 1, 1])]);
  const layers = new Layers(graph, weights);
  const first = layers.convolve(graph.op('Div', [centred, graph.floats([RANGE], [])]), 'conv32_down', 2);
  const pooled = graph.op('MaxPool', [graph.op('Relu', [first])], { kernel_shape: [3, 3], strides: [2, 2] });
  const features = BLOCKS.reduce((made, name) => layers.block(made, name), { value: pooled, side: 35, channels: 32 });
  const mean = graph.op('ReduceMean', [features.value, graph.ints([2, 3])], { keepdims: 0 });
  graph.set('embedding', graph.op('MatMul', [mean, graph.weights(weightOf(weights, 'fc'))]), 'nhwc');
  graph.output('embedding', 'embedding', [1, 128]);
  return graph.encode();
}

class Layers {
  private readonly graph: NetworkGraph;
  private readonly weights: ReadonlyMap<string, Constant>;

  constructor(graph: NetworkGraph, weights: ReadonlyMap<string, Constant>) {
    this.graph = graph;
    this.weights = weights;
  }

  /** A convolution and the scale and shift of its channels. A stride of 1 keeps the size, one of 2 pads nothing. */
  convolve(value: string, name: string, stride: 1 | 2): string {
    const { graph } = this;
    const filters = transposed(this.of(`${name}/conv/filters`), [3, 2, 0, 1]);
    const pad = stride === 1 ? 1 : 0;
    const made = graph.op('Conv', [value, graph.weights(filters), graph.weights(this.of(`${name}/conv/bias`))], {
      kernel_shape: filters.shape.slice(2),
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
    const perChannel = (part: string): string =>
      graph.weights({ ...this.of(`${name}/scale/${part}`), shape: [1, filters.shape[0], 1, 1] });
    return graph.op('Add', [graph.op('Mul', [made, perChannel('weights')]), perChannel('biases')]);
  }

  /** A residual block. One that halves the map adds the mean of each four, with zeros for channels that are new. */
  block({ value, side, channels }: Features, name: string): Features {
    const { graph } = this;
    const halves = name.includes('_down');
    const inner = graph.op('Relu', [this.convolve(value, `${name}/conv1`, halves ? 2 : 1)]);
    const outer = this.convolve(inner, `${name}/conv2`, 1);
    if (!halves) return { value: graph.op('Relu', [graph.op('Add', [outer, value])]), side, channels };
    const made = this.of(`${name}/conv2/conv/bias`).shape[0];
    const half = Math.floor(side / 2);
    const pooled = graph.op('AveragePool', [value], { kernel_shape: [2, 2], strides: [2, 2] });
    const sum = graph.op('Add', [
      this.grown(pooled, made - channels, 0),
      this.grown(outer, 0, half - (Math.floor((side - 3) / 2) + 1)),
    ]);
    return { value: graph.op('Relu', [sum]), side: half, channels: made };
  }

  /** Zeros behind the channels, and right of and below the map. */
  private grown(value: string, channels: number, pixels: number): string {
    if (channels === 0 && pixels === 0) return value;
    return this.graph.op('Pad', [value, this.graph.ints([0, 0, 0, 0, 0, channels, pixels, pixels])]);
  }

  private of(name: string): Constant {
    return weightOf(this.weights, name);
  }
}

function weightOf(weights: ReadonlyMap<string, Constant>, name: string): Constant {
  const weight = weights.get(name);
  if (weight === undefined) throw new Error(`dlib-network: no weight ${name}`);
  return weight;
}
