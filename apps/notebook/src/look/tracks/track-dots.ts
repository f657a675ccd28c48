import type { TrackPart, Tracks } from '@soliloquy/ports';
import { TRACK_PARTS } from '@soliloquy/ports/tracks';

/** A point of a frame that is seen. */
export interface TrackDot {
  /** pixels of the film */
  readonly x: number;
  readonly y: number;
  /** 0 … 1 */
  readonly visibility: number;
  /** Undefined where the points have no names. */
  readonly part: TrackPart | undefined;
}

/** Less sure than this is not drawn. */
const SEEN = 0.05;

/** What is drawn of one frame. */
export function trackDots({ points, positions, visibility, labels }: Tracks, frame: number): TrackDot[] {
  return Array.from({ length: points }, (_, i) => frame * points + i).flatMap((at, i) =>
    visibility[at] < SEEN
      ? []
      : {
          x: positions[2 * at],
          y: positions[2 * at + 1],
          visibility: visibility[at],
          part: labels && TRACK_PARTS[labels.parts[i]],
        },
  );
}
