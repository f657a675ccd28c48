import { Fault } from '@soliloquy/fault';
import { applyAffine, composeAffine, IDENTITY, invertAffine, type Affine } from './affine.ts';
import { confidenceOf, type GroupState } from './confidence.ts';
import { imagePyramid, type ImagePyramid } from './image-pyramid.ts';
import {
  costOf,
  matchPiece,
  nearestSimilarity,
  pieceTemplate,
  type PieceMoves,
  type PieceTemplate,
} from './piece-motion.ts';
import { followPoints, tiesOf, windowsOf, type Ties, type TrackerGroup, type Windows } from './point-residuals.ts';

/** Something that moves as one, more or less: a head, a forearm. */
export interface TrackerPiece {
  /** f32 [S, 2] pixels of the reference that it is known by; what moves otherwise (lips, lids) is left out */
  readonly samples: Float32Array;
  /** index of an earlier piece that carries it */
  readonly carrier?: number;
  /** what it does beyond its carrier; `affine` where nothing is said */
  readonly moves?: PieceMoves;
}

/** What is followed through a film. */
export interface TrackerPlan {
  /** u8 [height, width, 4] the picture that all motion is stated from */
  readonly reference: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly pieces: readonly TrackerPiece[];
  /** their points, one group after the other, are the Q points that come out */
  readonly groups: readonly TrackerGroup[];
}

/** One frame's points. */
export interface TrackedPoints {
  /** f32 [Q, 2] pixels, pixel centres at .5 */
  readonly positions: Float32Array;
  /** f32 [Q] 0 … 1 */
  readonly confidence: Float32Array;
  /** of each piece: reference to frame */
  readonly motions: readonly Affine[];
}

/** Follows points frame by frame. */
export interface PointTracker {
  /**
   * @param rgba    u8 [height, width, 4] the next frame
   * @param guesses where pieces may be, by another source; undefined where it does not know
   */
  next(rgba: Uint8ClampedArray, guesses?: readonly (Affine | undefined)[]): TrackedPoints;
}

const LEVELS = 3;
/** Pixels of a piece's template at each level, from the finest: more tell nothing more. */
const MOST_SAMPLES = [900, 500, 250] as const;
/** A piece is found anew from elsewhere only where that is better by this share. */
const BETTER = 0.9;

interface Followed {
  readonly templates: readonly PieceTemplate[];
  readonly carrier: number | undefined;
  readonly moves: PieceMoves;
  motion: Affine;
  before: Affine;
}

interface Grouped {
  readonly group: TrackerGroup;
  readonly windows: readonly Windows[];
  readonly ties: readonly Ties[];
  readonly own: Float64Array;
  before: GroupState | undefined;
}

/**
 * Points of a picture in the frames of a film: first each piece by a robust affine motion, coarse to fine, then each
 * point's own way beyond its piece by Lucas-Kanade, tied to its neighbours'. The template is always the picture itself,
 * so nothing drifts; a frame's first guesses are the last frame's motion, that with its speed, the carrier's, and what
 * the caller knows.
 *
 * @throws Fault `image.argument` where sizes do not match
 */
export function createPointTracker({ reference, width, height, pieces, groups }: TrackerPlan): PointTracker {
  const size = { width, height };
  const pyramid = imagePyramid(reference, size, LEVELS);
  pieces.forEach(({ carrier }, i) => {
    if (carrier !== undefined && carrier >= i) throw argument(`pieces[${i}].carrier`, 'an earlier piece', carrier);
  });
  groups.forEach(({ piece }, i) => {
    if (!pieces[piece]) throw argument(`groups[${i}].piece`, `one of ${pieces.length} pieces`, piece);
  });
  const followed = pieces.map(({ samples, carrier, moves = 'affine' }): Followed => ({
    templates: pyramid.map((_, level) => pieceTemplate(pyramid, level, { pixels: samples, most: MOST_SAMPLES[level] })),
    carrier,
    moves,
    motion: IDENTITY,
    before: IDENTITY,
  }));
  const grouped = groups.map((group): Grouped => ({
    group,
    windows: [1, 0].map((level) => windowsOf(pyramid[level].luma, level, group)),
    ties: tiesOf(group),
    own: new Float64Array(group.points.length),
    before: undefined,
  }));
  return {
    next(rgba, guesses = []) {
      const frame = imagePyramid(rgba, size, LEVELS);
      followed.forEach((piece, i) => followPiece(piece, followed, { frame, guess: guesses[i] }));
      const found = grouped.map((each) => followGroup(each, followed[each.group.piece].motion, frame));
      return {
        positions: Float32Array.from(found.flatMap(({ positions }) => [...positions])),
        confidence: Float32Array.from(found.flatMap(({ confidence }) => [...confidence])),
        motions: followed.map(({ motion }) => motion),
      };
    },
  };
}

function followPiece(
  piece: Followed,
  all: readonly Followed[],
  { frame, guess }: { frame: ImagePyramid; guess: Affine | undefined },
): void {
  const { templates, carrier, moves } = piece;
  const start = startsOf(piece, carrier === undefined ? undefined : all[carrier], guess);
  const coarse = templates[templates.length - 1];
  const costs = start.map((candidate) => costOf(coarse, frame, candidate));
  let best = 0;
  for (let i = 1; i < start.length; i++) if (costs[i] < BETTER * costs[best]) best = i;
  let found = start[best];
  for (let level = templates.length - 1; level >= 0; level--)
    found = matchPiece(templates[level], frame, { start: found, moves });
  const fine = templates[0];
  // What ran away is taken back: the last place, or the best guess, as they are.
  const kept = [found, start[best], start[0]].map((candidate) => ({ candidate, cost: costOf(fine, frame, candidate) }));
  piece.before = piece.motion;
  piece.motion = kept.reduce((a, b) => (b.cost < a.cost ? b : a)).candidate;
}

/** Where a piece may be: where it was, as its speed has it, carried along, at rest on its carrier, where it is said. */
function startsOf(
  { motion, before, moves, templates }: Followed,
  carrier: Followed | undefined,
  guess: Affine | undefined,
): [Affine, ...Affine[]] {
  const along = carrier && composeAffine(composeAffine(carrier.motion, invertAffine(carrier.before)), motion);
  if (moves === 'shift') return along ? [along, carrier.motion] : [motion];
  const starts: [Affine, ...Affine[]] = [motion, composeAffine(composeAffine(motion, invertAffine(before)), motion)];
  if (along) starts.push(along, carrier.motion);
  if (guess) starts.push(guess);
  if (moves === 'similarity') return starts.map((start) => nearestSimilarity(templates[0], start)) as typeof starts;
  return starts;
}

function followGroup(each: Grouped, motion: Affine, frame: ImagePyramid) {
  const { group, windows, ties, own } = each;
  for (const window of windows) followPoints(group, window, { frame, motion, ties }, own);
  const positions = new Float32Array(group.points.length);
  for (let p = 0; p < positions.length; p += 2) {
    const [x, y] = applyAffine(motion, group.points[p], group.points[p + 1]);
    [positions[p], positions[p + 1]] = [x + own[p], y + own[p + 1]];
  }
  const now: GroupState = { frame, motion, own: own.slice() };
  const confidence = confidenceOf(group, windows[windows.length - 1], {
    now,
    before: each.before,
    ties,
    places: positions,
  });
  each.before = now;
  return { positions, confidence };
}

function argument(where: string, expected: string, got: number): Fault {
  return new Fault({
    code: 'image.argument',
    where: `point-tracker.${where}`,
    expected,
    got: String(got),
    audience: 'author',
  });
}
