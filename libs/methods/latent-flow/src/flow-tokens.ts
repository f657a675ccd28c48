import { POINT_PARTS, type CanonicalPoints, type PointPart } from './canonical-points.ts';

/** Parts of a person whose motion has a basis of its own. */
export const FLOW_PARTS = ['torso', 'arms', 'head', 'mouth'] as const;
export type FlowPart = (typeof FLOW_PARTS)[number];

const FLOW_PART_OF: Readonly<Record<PointPart, FlowPart>> = {
  torso: 'torso',
  leftArm: 'arms',
  rightArm: 'arms',
  leftHand: 'arms',
  rightHand: 'arms',
  head: 'head',
  upperLip: 'mouth',
  lowerLip: 'mouth',
  jaw: 'mouth',
};

/** The tokens of one part: D numbers from `from` to `to`. */
export interface TokenRange {
  readonly part: FlowPart;
  readonly from: number;
  readonly to: number;
  /** points in their order; the head's carrier comes before its points */
  readonly members: Int32Array;
}

/** How the motion of canonical points is laid out: D = 2 (Q + 1). */
export interface TokenLayout {
  /** D */
  readonly width: number;
  readonly ranges: readonly TokenRange[];
}

export function tokenLayout({ parts }: Pick<CanonicalPoints, 'parts'>): TokenLayout {
  let at = 0;
  const ranges = FLOW_PARTS.map((part): TokenRange => {
    const members = Int32Array.from([...parts.keys()].filter((q) => FLOW_PART_OF[POINT_PARTS[parts[q]]] === part));
    const from = at;
    at += 2 * (members.length + (part === 'head' ? 1 : 0));
    return { part, from, to: at, members };
  });
  return { width: at, ranges };
}

/**
 * Tracks as tokens: shifts from rest in units of the face; torso and arms as they are, the mean shift of the head's
 * points (its carrier), and head and mouth less the carrier, since lips move a tenth of what the head does. A point
 * that the picture does not show does not move.
 *
 * @param tracks f32 [F, Q, 2] film pixels
 * @returns      f32 [F, D]
 */
export function toTokens(points: CanonicalPoints, layout: TokenLayout, tracks: Float32Array): Float32Array {
  const { count, positions, visibility, unit } = points;
  const frames = tracks.length / (2 * count);
  const tokens = new Float32Array(frames * layout.width);
  for (let f = 0; f < frames; f++) {
    const shift = (q: number, axis: number): number =>
      visibility[q] > 0 ? (tracks[2 * (f * count + q) + axis] - positions[2 * q + axis]) / unit : 0;
    const carrier = carrierOf(points, layout, shift);
    let at = f * layout.width;
    for (const { part, members } of layout.ranges) {
      const less = isCarried(part) ? carrier : [0, 0];
      if (part === 'head') for (const axis of [0, 1]) tokens[at++] = carrier[axis];
      for (const q of members)
        for (const axis of [0, 1]) tokens[at++] = visibility[q] > 0 ? shift(q, axis) - less[axis] : 0;
    }
  }
  return tokens;
}

/**
 * The inverse of `toTokens`.
 *
 * @param tokens f32 [F, D]
 * @returns      f32 [F, Q, 2] film pixels
 */
export function fromTokens(points: CanonicalPoints, layout: TokenLayout, tokens: Float32Array): Float32Array {
  const { count, positions, visibility, unit } = points;
  const frames = tokens.length / layout.width;
  const tracks = new Float32Array(frames * count * 2);
  const head = layout.ranges.find(({ part }) => part === 'head')!;
  for (let f = 0; f < frames; f++) {
    const row = f * layout.width;
    for (const { part, from, members } of layout.ranges)
      members.forEach((q, i) => {
        const at = row + from + 2 * (i + (part === 'head' ? 1 : 0));
        for (const axis of [0, 1]) {
          const carrier = isCarried(part) ? tokens[row + head.from + axis] : 0;
          const shift = visibility[q] > 0 ? tokens[at + axis] + carrier : 0;
          tracks[2 * (f * count + q) + axis] = positions[2 * q + axis] + unit * shift;
        }
      });
  }
  return tracks;
}

/** Whether a part's tokens are less the head's carrier. */
function isCarried(part: FlowPart): boolean {
  return part === 'head' || part === 'mouth';
}

function carrierOf(
  { visibility }: CanonicalPoints,
  { ranges }: TokenLayout,
  shift: (q: number, axis: number) => number,
): [number, number] {
  const seen = ranges.find(({ part }) => part === 'head')!.members.filter((q) => visibility[q] > 0);
  const mean = (axis: number): number => seen.reduce((sum, q) => sum + shift(q, axis), 0) / Math.max(1, seen.length);
  return [mean(0), mean(1)];
}
