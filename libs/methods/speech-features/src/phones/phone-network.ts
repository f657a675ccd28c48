import { nn, numpy as np } from '@jax-js/jax';
import type { Rng, Traced } from '@soliloquy/tensor';
import { initLinear, linear } from '@soliloquy/tensor/modules';
import { HEARD_WIDTH } from './heard-spectrum.ts';
import { PHONES } from './phone-set.ts';

/** How large the network is, and how far it hears. */
export interface PhoneNetworkSize {
  readonly width: number;
  /** numbers that a hop is told in before the phones are named */
  readonly code: number;
  /** of each block: between its taps, in strides of `STRIDE` hops */
  readonly dilations: readonly number[];
}

type Linear = ReturnType<typeof initLinear>;
export type PhoneNetworkParams = {
  input: Linear;
  blocks: { taps: Linear; mix: Linear }[];
  code: Linear;
  phones: Linear;
};

/** Hops between two that a training asks for, and a divisor of the way between the taps of every block. */
export const STRIDE = 4;
/** Hops that the first layer reads at once. */
const FIRST_TAPS = 2 * STRIDE;
/** Taps of every block. */
const TAPS = 3;

/** Hops before a hop that its output depends on. */
export function hopsHeard({ dilations }: PhoneNetworkSize): number {
  return FIRST_TAPS - 1 + (TAPS - 1) * STRIDE * dilations.reduce((sum, dilation) => sum + dilation, 0);
}

export function initPhoneNetwork(rng: Rng, { width, code, dilations }: PhoneNetworkSize): PhoneNetworkParams {
  return {
    input: initLinear(rng.fork('input'), { inputs: FIRST_TAPS * HEARD_WIDTH, outputs: width, gain: Math.SQRT2 }),
    blocks: dilations.map((_, i) => ({
      taps: initLinear(rng.fork(`taps${i}`), { inputs: TAPS * width, outputs: width, gain: Math.SQRT2 }),
      mix: initLinear(rng.fork(`mix${i}`), { inputs: width, outputs: width, gain: 0.5 }),
    })),
    code: initLinear(rng.fork('code'), { inputs: width, outputs: code }),
    phones: initLinear(rng.fork('phones'), { inputs: code, outputs: PHONES.length }),
  };
}

/**
 * A time-delay network (Waibel et al. 1989; Peddinti et al. 2015) with residual blocks: each adds to a hop what a
 * perceptron makes of it and of two hops before it. It hears the past alone; that it is asked for a phone some hops
 * late is its look-ahead.
 *
 * Every hop is told from hops a multiple of `STRIDE` before it, so a training may ask for one in four at a quarter of
 * the work (`every: STRIDE`): what it learns tells all hops.
 *
 * @param heard f32 [B, hopsHeard + T, 41] as `heardSpectrum` gives it; with `every: STRIDE` f32 [B, hopsHeard + 1 +
 *   (T − 1) · STRIDE, 41]
 * @returns     `code` f32 [B, T, code] and `logits` f32 [B, T, phones]
 */
export function phoneNetwork(
  params: Traced<PhoneNetworkParams>,
  heard: np.Array,
  { dilations }: PhoneNetworkSize,
  every: 1 | typeof STRIDE = 1,
): { code: np.Array; logits: np.Array } {
  const read = every === 1 ? beside(heard, FIRST_TAPS, 1) : beside(inStrides(heard), FIRST_TAPS / STRIDE, 1);
  const hidden = params.blocks.reduce(
    (x, block, i) => {
      const apart = (dilations[i] * STRIDE) / every;
      const own = x.ref.slice([], [(TAPS - 1) * apart, x.shape[1]], []);
      return own.add(linear(block.mix, nn.relu(linear(block.taps, beside(x, TAPS, apart)))));
    },
    nn.relu(linear(params.input, read)),
  );
  const code = np.tanh(linear(params.code, hidden));
  return { code: code.ref, logits: linear(params.phones, code) };
}

/** Each row beside those `apart`, 2 `apart` … before it, the earliest first: [B, N, W] to [B, N − …, taps W]. */
function beside(x: np.Array, taps: number, apart: number): np.Array {
  const rows = x.shape[1] - (taps - 1) * apart;
  const shifted = Array.from({ length: taps }, (_, k) => x.ref.slice([], [k * apart, k * apart + rows], []));
  x.dispose();
  return np.concatenate(shifted, -1);
}

/** Hops side by side: f32 [B, 4 N, W] to [B, N, 4 W]. */
function inStrides(x: np.Array): np.Array {
  const [batch, hops, width] = x.shape;
  return x.reshape([batch, hops / STRIDE, STRIDE * width]);
}
