import type { FlowPart, TokenLayout } from '../flow-tokens.ts';

/** How somebody behaves in a film, as it is read of the motion itself, in this order. */
export const MANNER_NUMBERS = ['size of the body', 'size of the arms', 'pace of the arms'] as const;

/** Below this a part stands still: its logarithm would say of noise how little it is. Units of the face */
const LEAST = 0.01;

/**
 * f32 [3] of `MANNER_NUMBERS`, natural logarithms: root mean square way of torso and head, that of the arms, and the
 * arms' mean speed over their way, per second. It is read of tracks, so that films of any origin have it.
 *
 * @param tokens f32 [F, D]
 */
export function mannerNumbers(layout: TokenLayout, tokens: Float32Array, fps: number): Float32Array {
  const body = Math.hypot(way(layout, tokens, 'torso'), way(layout, tokens, 'head'));
  const arms = way(layout, tokens, 'arms');
  const speed = fps * step(layout, tokens, 'arms');
  return Float32Array.of(
    Math.log(Math.max(LEAST, body)),
    Math.log(Math.max(LEAST, arms)),
    Math.log(Math.max(LEAST, speed) / Math.max(LEAST, arms)),
  );
}

/** Root mean square way of a part's numbers from their means. */
function way({ width, ranges }: TokenLayout, tokens: Float32Array, part: FlowPart): number {
  const { from, to } = ranges.find((range) => range.part === part)!;
  const frames = tokens.length / width;
  let sum = 0;
  for (let i = from; i < to; i++) {
    let mean = 0;
    for (let f = 0; f < frames; f++) mean += tokens[f * width + i] / frames;
    for (let f = 0; f < frames; f++) sum += (tokens[f * width + i] - mean) ** 2;
  }
  return Math.sqrt(sum / (frames * (to - from)));
}

/** Mean over frames of the root mean square change of a part's numbers from one frame to the next. */
function step({ width, ranges }: TokenLayout, tokens: Float32Array, part: FlowPart): number {
  const { from, to } = ranges.find((range) => range.part === part)!;
  const frames = tokens.length / width;
  let mean = 0;
  for (let f = 1; f < frames; f++) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += (tokens[f * width + i] - tokens[(f - 1) * width + i]) ** 2;
    mean += Math.sqrt(sum / (to - from)) / Math.max(1, frames - 1);
  }
  return mean;
}
