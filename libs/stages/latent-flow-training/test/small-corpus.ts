import { canonicalParts, POINT_SET, tokenLayout } from '@soliloquy/latent-flow';
import type { FlowClip } from '@soliloquy/latent-flow/clip-port';
import { mannerNumbers } from '@soliloquy/latent-flow/motion';
import { createRng } from '@soliloquy/tensor';

export const layout = tokenLayout({ parts: canonicalParts() });

/**
 * A clip whose mouth follows what is heard, and whose body sways by itself. Of what is heard the last but one is the
 * loudness.
 */
export function smallClip(seed: string, frames = 40, given: Partial<FlowClip> = {}): FlowClip {
  const rng = createRng(seed);
  const { data: waves } = rng.fork('waves').normal([layout.width, 2]);
  const { data: noise } = rng.fork('noise').normal([frames * layout.width]);
  const [pace, phase, sway] = rng.fork('voice').uniform([3]).data;
  const loud = Array.from({ length: frames }, (_, f) => 0.5 + 0.5 * Math.sin((0.3 + 0.3 * pace) * f + 6 * phase));
  const heard = Float32Array.from(loud.flatMap((value, f) => [noise[f], value, value - (loud[f - 1] ?? value)]));
  const mouth = layout.ranges.find(({ part }) => part === 'mouth')!;
  const tokens = Float32Array.from({ length: frames * layout.width }, (_, at) => {
    const [f, i] = [Math.floor(at / layout.width), at % layout.width];
    const moved = i >= mouth.from ? 0.1 * loud[f] : 0.2 * Math.sin(0.05 * f + 6 * sway + waves[2 * (i % 7)]);
    return moved + 0.02 * noise[at];
  });
  const appearance = Float32Array.from({ length: 4 * frames }, (_, i) => (i % 4 < 2 ? 0 : loud[Math.floor(i / 4)]));
  return {
    frames,
    fps: 25,
    points: POINT_SET,
    phoneEncoder: 'abc',
    tokens,
    appearance,
    heard,
    person: Float32Array.of(0.05, 4, 1.2, 0.3, 1.6, 3, 3, 2),
    manner: mannerNumbers(layout, tokens, 25),
    followed: new Float32Array(4).fill(1),
    ...given,
  };
}
