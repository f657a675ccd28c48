import { numpy as np } from '@jax-js/jax';
import { describe, expect, test } from 'vitest';
import { halveWeights } from '../src/half-weights.ts';
import { createRng, exportOnnx, loadOnnx } from '../src/index.ts';
import { initMlp, mlp } from '../src/modules/index.ts';
import { nonFiniteConstant } from '../src/onnx-constants.ts';
import { readOnnxMetadata, readOnnxPorts } from '../src/onnx-metadata.ts';
import { fromFloat16Bits, toFloat16Bits } from '../src/safetensors.ts';

const rng = createRng('half weights');
const params = initMlp(rng, { widths: [40, 64, 30] });
const x = rng.normal([8, 40]);

function network(weights: typeof params): Uint8Array {
  return exportOnnx((p, inputs) => ({ y: mlp(p, inputs.x) }), weights, { x }, { kind: 'test' });
}

/** The same weights, rounded to f16 where there are many. */
function rounded(): typeof params {
  const round = (data: Float32Array): Float32Array => (data.length < 256 ? data : fromFloat16Bits(toFloat16Bits(data)));
  return JSON.parse(JSON.stringify(params), (_key, value) =>
    value !== null && typeof value === 'object' && 'shape' in value && 'data' in value
      ? { shape: value.shape, data: round(Float32Array.from(Object.values(value.data as object) as number[])) }
      : value,
  ) as typeof params;
}

async function outputOf(bytes: Uint8Array): Promise<Float32Array> {
  const program = await loadOnnx(bytes, { threads: 1 });
  const { y } = await program.run({ x });
  await program.dispose();
  return y.data as Float32Array;
}

describe('weights of 16 bits', () => {
  test('give what weights rounded to f16 give, to the bit, in half the bytes', async () => {
    const whole = network(params);
    const half = halveWeights(whole);
    expect(await outputOf(half)).toEqual(await outputOf(network(rounded())));
    expect(await outputOf(half)).not.toEqual(await outputOf(whole));
    expect(half.length).toBeLessThan(0.65 * whole.length);
  });

  test('keep inputs, outputs and what the model says of itself', () => {
    const [whole, half] = [network(params), halveWeights(network(params))];
    expect(readOnnxPorts(half)).toEqual(readOnnxPorts(whole));
    expect(readOnnxMetadata(half)).toEqual(readOnnxMetadata(whole));
    expect(halveWeights(half)).toEqual(half);
  });

  test('leave a constant with a number beyond f16 as it is', async () => {
    const large = exportOnnx(
      (p, inputs) => ({ y: np.matmul(inputs.x, p.w) }),
      { w: { shape: [40, 20], data: rng.normal([40, 20]).data.map((value, i) => (i === 3 ? -1e9 : value)) } },
      { x },
    );
    expect(halveWeights(large)).toEqual(large);
  });
});

describe('a constant that is not finite', () => {
  const spoilt = (value: number): typeof params => {
    const changed = initMlp(createRng('spoilt'), { widths: [40, 64, 30] });
    (changed.layers[1].weight.data as Float32Array)[7] = value;
    return changed as typeof params;
  };

  test('is named, in 32 and in 16 bits; none in a sound network', () => {
    expect(nonFiniteConstant(network(params))).toBeUndefined();
    expect(nonFiniteConstant(halveWeights(network(params)))).toBeUndefined();
    for (const value of [Number.NaN, Infinity]) {
      expect(nonFiniteConstant(network(spoilt(value)))).toBe('params.layers.1.weight');
    }
    const half = halveWeights(network(params));
    const at = Buffer.from(half).lastIndexOf('params.layers.1.weight/f16') + 'params.layers.1.weight/f16'.length + 3;
    new DataView(half.buffer).setUint16(at, 0x7c00, true);
    expect(nonFiniteConstant(half)).toBe('params.layers.1.weight/f16');
  });
});
