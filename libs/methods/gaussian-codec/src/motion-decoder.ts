import { grad } from '@jax-js/jax';
import { Fault } from '@soliloquy/fault';
import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import { compile, type Tensor, type Traced } from '@soliloquy/tensor';
import { onnxParams } from '@soliloquy/tensor/onnx-weights';
import type { PackedAlignedSpace } from './aligned-space-port.ts';
import { decodeMotion, type MotionCodecParams } from './motion-codec.ts';
import type { MotionLayout } from './motion-layout.ts';
import { readRig } from './opened-space.ts';
import { LATENT_WIDTH } from './widths.ts';

/** The decoder of a space that can be differentiated. */
export interface MotionDecoder {
  readonly rig: ParticleRig;
  readonly layout: MotionLayout;
  /** x f32 [F, 192] -> f32 [F, tokens, 3] standardised */
  tokens(latent: Float32Array): Promise<Float32Array>;
  /** The vector-Jacobian product of `tokens`: gradient f32 [F, tokens, 3] -> f32 [F, 192] at x f32 [F, 192]. */
  pullBack(latent: Float32Array, gradient: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens the decoder of a space that `packAlignedSpace` made, with its gradient: the parameters in `decoder.onnx` are
 * traced anew.
 *
 * @param frames that are decoded at once; F is a multiple of it
 * @throws Fault `aligned-space.foreign` for a decoder of another hand, whose parameters are not named as ours
 */
export async function openMotionDecoder(
  model: Pick<PackedAlignedSpace, 'files'>,
  { frames, threads }: { readonly frames: number; readonly threads: number },
): Promise<MotionDecoder> {
  const { rig, layout } = readRig(model.files['rig.safetensors']);
  const params = decoderParams(model.files['decoder.onnx'], layout);
  const zeros = (...shape: number[]): Tensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, side) => product * side, 1)),
  });
  const latent = zeros(frames, LATENT_WIDTH);
  const gradient = zeros(frames, layout.tokens, 3);
  const forward = await compile((p, l) => decodeMotion(p, l, layout), [params, latent] as const, {
    threads,
    name: 'motion-decoder',
  });
  const backward = await compile(
    (p: Traced<MotionCodecParams>, l, g) => grad((x: typeof l) => decodeMotion(p, x, layout).mul(g).sum())(l),
    [params, latent, gradient] as const,
    { threads, name: 'motion-decoder-gradient' },
  );
  const cut = (rows: Float32Array, like: Tensor, i: number): Tensor => ({
    shape: like.shape,
    data: rows.slice(i * like.data.length, (i + 1) * like.data.length),
  });
  const inParts = async (count: number, width: number, run: (i: number) => Promise<Tensor>): Promise<Float32Array> => {
    const out = new Float32Array(count * width);
    for (let i = 0; i < count; i++) out.set((await run(i)).data, i * width);
    return out;
  };
  return {
    rig,
    layout,
    tokens: (rows) =>
      inParts(
        rows.length / latent.data.length,
        gradient.data.length,
        async (i) => (await forward.run(params, cut(rows, latent, i))) as Tensor,
      ),
    pullBack: (rows, g) =>
      inParts(
        rows.length / latent.data.length,
        latent.data.length,
        async (i) => (await backward.run(params, cut(rows, latent, i), cut(g, gradient, i))) as Tensor,
      ),
    async dispose() {
      await forward.dispose();
      await backward.dispose();
    },
  };
}

/** Decoder and direct path of each part; what only the encoder has is not there. */
function decoderParams(bytes: Uint8Array, layout: MotionLayout): MotionCodecParams {
  const found = onnxParams(bytes, 'decoder');
  const linear = (path: string) => {
    const [weight, bias] = [found[`${path}.weight`], found[`${path}.bias`]];
    return weight && bias && { weight, bias };
  };
  return Object.fromEntries(
    layout.parts
      .filter(({ tokens }) => tokens > 0)
      .map(({ name }) => {
        const layers: NonNullable<ReturnType<typeof linear>>[] = [];
        for (;;) {
          const layer = linear(`${name}.decoder.layers.${layers.length}`);
          if (!layer) break;
          layers.push(layer);
        }
        const decoderDirect = linear(`${name}.decoderDirect`);
        if (layers.length === 0 || !decoderDirect)
          throw new Fault({
            code: 'aligned-space.foreign',
            where: 'model<aligned-space>.files.decoder.onnx',
            expected: `the parameters ${name}.decoder and ${name}.decoderDirect, as alignment writes them`,
            got: `${Object.keys(found).length} others`,
            remedy: 'connect a space of alignment',
          });
        return [name, { decoder: { layers }, decoderDirect }];
      }),
  ) as unknown as MotionCodecParams;
}
