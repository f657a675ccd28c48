import { gaussianMeanOfRows } from '@soliloquy/signal';
import type { FlowPart, TokenLayout, TokenRange } from '../flow-tokens.ts';
import { encodePixels, fitLinearEncoder, type LinearEncoder, type Rows } from '../linear-encoder.ts';

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

/** Rows that what a mouth has of its head is fitted on, at most. */
const FITTED = 600;
/** λ of that fit */
const RIDGE = 1e-3;

/**
 * What a mouth does because its head turns, as a linear map of the head's tokens: told less the head's mean shift, a
 * mouth still goes aside in a turn.
 *
 * @param rows f32 [N, D] tokens of many films
 */
export function mouthOfHead(layout: TokenLayout, rows: Float32Array): LinearEncoder {
  const { width } = layout;
  const total = rows.length / width;
  const count = Math.min(FITTED, total);
  const cut = ({ from, to }: TokenRange): Rows => {
    const data = new Float32Array(count * (to - from));
    for (let i = 0; i < count; i++) {
      const row = Math.floor((i * total) / count) * width;
      data.set(rows.subarray(row + from, row + to), i * (to - from));
    }
    return { count, width: to - from, data };
  };
  return fitLinearEncoder(centred(cut(rangeOf(layout, 'head'))), centred(cut(rangeOf(layout, 'mouth'))), RIDGE);
}

function centred({ count, width, data }: Rows): Rows {
  const mean = new Float64Array(width);
  data.forEach((value, i) => (mean[i % width] += value / count));
  return { count, width, data: data.map((value, i) => value - mean[i % width]) };
}

/** What is slow, and what of it a mouth takes. */
export interface Drift {
  /** deviation of the Gaussian, frames */
  readonly sigma: number;
  readonly mouth: LinearEncoder;
}

/**
 * The motion of one film with the slow motion of another, a + s(b) − s(a), s a Gaussian mean over time: of torso and
 * head; arms go where the torso goes, the mouth as the head takes it, and keeps what lips do. How a body drifts while
 * it talks is hardly said by the voice.
 *
 * @param a, b f32 [F, D] tokens
 * @returns    f32 [F, D]
 */
export function withSlowMotionOf(
  layout: TokenLayout,
  a: Float32Array,
  b: Float32Array,
  { sigma, mouth: taken }: Drift,
): Float32Array {
  const { width } = layout;
  const frames = a.length / width;
  const difference = Float64Array.from(a, (value, i) => b[i] - value);
  const torso = rangeOf(layout, 'torso');
  const [arms, head, mouth] = (['arms', 'head', 'mouth'] as const).map((part) => rangeOf(layout, part));
  const went = new Float32Array(mouth.to - mouth.from);
  for (let f = 0; f < frames; f++) {
    const carried = meanOf(difference, f * width, torso);
    for (let i = arms.from; i < arms.to; i++) difference[f * width + i] = carried[(i - arms.from) % 2];
    encodePixels(taken, Float32Array.from(difference.subarray(f * width + head.from, f * width + head.to)), went);
    difference.set(went, f * width + mouth.from);
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
