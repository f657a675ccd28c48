import { numpy as np } from '@jax-js/jax';
import type { Rng, Tensor, Traced } from '@soliloquy/tensor';
import { initLinear, initMlp, initPerceiver, linear, mlp, perceiver } from '@soliloquy/tensor/modules';
import type { MotionLayout, PartLayout } from './motion-layout.ts';
import { PART_WIDTH } from './widths.ts';

/** How large the networks are. */
export interface CodecSize {
  /** latents that read each part's particles */
  readonly latents: number;
  readonly width: number;
  readonly heads: number;
  /** width inside the decoder */
  readonly hidden: number;
}

type LinearParams = ReturnType<typeof initLinear>;
/**
 * Networks of one part: a Perceiver reads the particles, a linear path beside it gives what a principal-component basis
 * would.
 */
type PartParams = {
  perceiver: ReturnType<typeof initPerceiver>;
  read: LinearParams;
  direct: LinearParams;
  decoder: ReturnType<typeof initMlp>;
  decoderDirect: LinearParams;
};
/** Networks of every part that has particles, by part name. */
export type MotionCodecParams = { readonly [part: string]: PartParams };

const FREQUENCIES = [1, 2, 4, 8];
/** position codes and the displacement */
const TOKEN_WIDTH = 2 * FREQUENCIES.length * 2 + 3;

export function initMotionCodec(rng: Rng, layout: MotionLayout, size: CodecSize): MotionCodecParams {
  return Object.fromEntries(
    layout.parts
      .filter((part) => part.tokens > 0)
      .map((part) => {
        const stream = rng.fork(part.name);
        return [
          part.name,
          {
            perceiver: initPerceiver(stream.fork('perceiver'), {
              latents: size.latents,
              width: size.width,
              tokens: TOKEN_WIDTH,
              blocks: 0,
              hidden: 2 * size.width,
            }),
            read: initLinear(stream.fork('read'), {
              inputs: size.latents * size.width,
              outputs: PART_WIDTH,
              gain: 0.5,
            }),
            direct: initLinear(stream.fork('direct'), { inputs: part.tokens * 3, outputs: PART_WIDTH }),
            decoder: initMlp(stream.fork('decoder'), {
              widths: [PART_WIDTH, size.hidden, part.tokens * 3],
              outputGain: 0.3,
            }),
            decoderDirect: initLinear(stream.fork('decoderDirect'), { inputs: PART_WIDTH, outputs: part.tokens * 3 }),
          },
        ];
      }),
  );
}

/** Sines and cosines of where each token's particle is at rest, in the picture plane: f32 [tokens, 16]. */
function positionCodes(part: PartLayout): Tensor {
  const width = TOKEN_WIDTH - 3;
  const data = new Float32Array(part.tokens * width);
  for (let token = 0; token < part.tokens; token++) {
    for (let axis = 0; axis < 2; axis++) {
      FREQUENCIES.forEach((frequency, f) => {
        const angle = frequency * Math.PI * part.positions[token * 3 + axis];
        data[token * width + (axis * FREQUENCIES.length + f) * 2] = Math.sin(angle);
        data[token * width + (axis * FREQUENCIES.length + f) * 2 + 1] = Math.cos(angle);
      });
    }
  }
  return { shape: [part.tokens, width], data };
}

/**
 * E_X: the motion of the particles becomes x_t (AudioAvatar: x_t = E_X(ΔG_t)).
 *
 * @param tokens f32 [B, tokens of all parts, 3] standardised motion (`MotionLayout`)
 * @returns      f32 [B, 192]: body, face, hand; 0 where a part has no particles
 */
export function encodeMotion(
  params: Traced<MotionCodecParams>,
  tokens: np.Array,
  layout: MotionLayout,
  heads: number,
): np.Array {
  const batch = tokens.shape[0];
  const parts: np.Array[] = [];
  let at = 0;
  for (const part of layout.parts) {
    if (part.tokens === 0) {
      parts.push(np.zeros([batch, PART_WIDTH]));
      continue;
    }
    const own = tokens.ref.slice([], [at, at + part.tokens], []);
    at += part.tokens;
    const networks = params[part.name];
    const codes = positionCodes(part);
    const where = np.broadcastTo(np.array(codes.data as Float32Array<ArrayBuffer>).reshape([1, ...codes.shape]), [
      batch,
      ...codes.shape,
    ]);
    const read = perceiver(networks.perceiver, np.concatenate([where, own.ref], -1), { heads });
    const [, latents, width] = read.shape;
    parts.push(
      linear(networks.read, read.reshape([batch, latents * width])).add(
        linear(networks.direct, own.reshape([batch, part.tokens * 3])),
      ),
    );
  }
  tokens.dispose();
  return np.concatenate(parts, -1);
}

/**
 * The decoder: x_t back to the particles' motion.
 *
 * @param latent f32 [B, 192]
 * @returns      f32 [B, tokens of all parts, 3] standardised motion
 */
export function decodeMotion(params: Traced<MotionCodecParams>, latent: np.Array, layout: MotionLayout): np.Array {
  const batch = latent.shape[0];
  const shares = np.split(latent, layout.parts.length, -1);
  const parts: np.Array[] = [];
  for (const [index, part] of layout.parts.entries()) {
    if (part.tokens === 0) {
      shares[index].dispose();
      continue;
    }
    const networks = params[part.name];
    const motion = mlp(networks.decoder, shares[index].ref).add(linear(networks.decoderDirect, shares[index]));
    parts.push(motion.reshape([batch, part.tokens, 3]));
  }
  return parts.length === 1 ? parts[0] : np.concatenate(parts, 1);
}
