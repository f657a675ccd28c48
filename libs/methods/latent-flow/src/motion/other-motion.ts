import { gaussianMeanOfRows } from '@soliloquy/signal';
import type { FlowPart, TokenLayout, TokenRange } from '../flow-tokens.ts';

/**
 * A motion with the arms of another film: a's torso carries what b's arms do on b's torso, so many frames later. How a
 * hand goes at a stress is not said by the voice; a few films would teach that it is, and an unheard voice would get
 * the mean of their ways.
 *
 * @param a     f32 [F, D] tokens
 * @param b     f32 [F, D] tokens; before its first and after its last frame b stands still
 * @param later frames
 * @returns     f32 [F, D]
 */
export function withArmsOf(layout: TokenLayout, a: Float32Array, b: Float32Array, later: number): Float32Array {
  const { width } = layout;
  const arms = rangeOf(layout, 'arms');
  const frames = a.length / width;
  const mixed = a.slice();
  for (let f = 0; f < frames; f++) {
    const from = Math.min(frames - 1, Math.max(0, f - later));
    const [own, other] = [torsoShift(layout, a, f), torsoShift(layout, b, from)];
    for (let i = arms.from; i < arms.to; i++) {
      const axis = (i - arms.from) % 2;
      mixed[f * width + i] = b[from * width + i] + own[axis] - other[axis];
    }
  }
  return mixed;
}

/**
 * The motion of one film with the slow motion of another, a + s(b) − s(a), s a Gaussian mean over time: of torso and
 * head; arms go where the torso goes, the mouth, which is told less the head, keeps its own. How a body drifts while it
 * talks is hardly said by the voice.
 *
 * @param a, b  f32 [F, D] tokens
 * @param sigma deviation of the Gaussian, frames
 * @returns     f32 [F, D]
 */
export function withSlowMotionOf(layout: TokenLayout, a: Float32Array, b: Float32Array, sigma: number): Float32Array {
  const { width } = layout;
  const frames = a.length / width;
  const difference = Float64Array.from(a, (value, i) => b[i] - value);
  const torso = rangeOf(layout, 'torso');
  const [arms, mouth] = [rangeOf(layout, 'arms'), rangeOf(layout, 'mouth')];
  for (let f = 0; f < frames; f++) {
    const carried = meanOf(difference, f * width, torso);
    for (let i = arms.from; i < arms.to; i++) difference[f * width + i] = carried[(i - arms.from) % 2];
    difference.fill(0, f * width + mouth.from, f * width + mouth.to);
  }
  const slow = gaussianMeanOfRows(difference, frames, sigma);
  return Float32Array.from(a, (value, i) => value + slow[i]);
}

function rangeOf({ ranges }: TokenLayout, part: FlowPart): TokenRange {
  return ranges.find((range) => range.part === part)!;
}

function torsoShift(layout: TokenLayout, tokens: Float32Array, frame: number): [number, number] {
  return meanOf(tokens, frame * layout.width, rangeOf(layout, 'torso'));
}

function meanOf(rows: ArrayLike<number>, row: number, { from, to }: TokenRange): [number, number] {
  const mean: [number, number] = [0, 0];
  for (let i = from; i < to; i++) mean[(i - from) % 2] += (2 * rows[row + i]) / (to - from);
  return mean;
}
