import type { LandmarkName, Landmarks } from '@soliloquy/ports';
import type { ArmMeans, BodyMeans } from './body-means.ts';

/** A joint that is less sure is not seen. */
const SEEN = 0.25;
/** sw: how far a hand may go in any picture. */
const REACH: ArmMeans['reach'] = { inward: 0.25, outward: 0.3, up: 0.45, down: 0.12 };
/** Wrists that are nearer to each other than this hold each other, sw. */
const CLASPED = 0.2;

/**
 * What a picture's arms can do, from its joints alone: free where elbow and wrist are seen.
 *
 * @returns undefined arms where the picture shows no elbow, and both where it shows no shoulders
 */
export function shownMeans({ points }: Landmarks): BodyMeans {
  const seen = (name: LandmarkName) => {
    const point = points[name];
    return point && point.confidence >= SEEN ? point : undefined;
  };
  const [left, right] = [seen('leftShoulder'), seen('rightShoulder')];
  if (!left || !right) return { clasped: false };
  const middle = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const width = Math.max(1e-3, Math.hypot(left.x - right.x, left.y - right.y));
  const arm = (side: 'left' | 'right'): ArmMeans | undefined => {
    const wrist = seen(`${side}Wrist`);
    if (!seen(`${side}Elbow`)) return undefined;
    const outward = side === 'left' ? 1 : -1;
    return {
      freedom: wrist ? 'free' : 'shoulder',
      rest: {
        out: wrist ? (outward * (wrist.x - middle.x)) / width : 0.5,
        down: wrist ? (wrist.y - middle.y) / width : 1,
      },
      reach: REACH,
    };
  };
  const [leftWrist, rightWrist] = [seen('leftWrist'), seen('rightWrist')];
  const apart =
    leftWrist && rightWrist ? Math.hypot(leftWrist.x - rightWrist.x, leftWrist.y - rightWrist.y) / width : Infinity;
  return { left: arm('left'), right: arm('right'), clasped: apart < CLASPED };
}
