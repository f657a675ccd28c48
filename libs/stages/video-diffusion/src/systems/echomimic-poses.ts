import { TRACK_PARTS, type Landmarks, type TrackPart, type Tracks } from '@soliloquy/ports';
import type { FittedPicture } from './fitted-picture.ts';
import type { SystemTask } from './video-system.ts';

/** What it reads of a frame (`draw_pose_select_v2`): two hands of 21 joints, places as shares of the frame. */
export interface Pose {
  readonly draw_pose_params: readonly number[];
  readonly bodies: { readonly candidate: readonly unknown[]; readonly subset: readonly unknown[] };
  readonly hands: readonly (readonly (readonly [number, number])[])[];
  readonly hands_score: readonly (readonly number[])[];
}

/**
 * Turns the list of poses into one `.npy` a frame, with the numpy that the system has: each holds one object, as its
 * own tools write it.
 */
export const POSE_PROGRAM = [
  'import json, os, sys, numpy',
  'poses = json.load(open(sys.argv[1]))',
  'for i, pose in enumerate(poses): numpy.save(os.path.join(sys.argv[2], f"{i}.npy"), numpy.array(pose, dtype=object))',
].join('\n');

const JOINTS = 21;
const HIDDEN: readonly [number, number] = [0, 0];

type Place = readonly [x: number, y: number];
type Hands = Readonly<Record<'leftHand' | 'rightHand', readonly (readonly [...Place, number])[] | undefined>>;

/**
 * A pose for each frame: hands as the tracks of a clip move them, brought to the picture by the shoulders; without
 * tracks as the picture has them, held still.
 *
 * @param side of the square frame, pixels
 */
export function posesOf(
  {
    frames,
    from,
    tracks,
    landmarks,
    fitted,
  }: Pick<SystemTask<unknown>, 'frames' | 'from' | 'tracks' | 'landmarks' | 'fitted'>,
  side: number,
): Pose[] {
  const place = toFrame(landmarks, fitted, side);
  if (tracks === undefined) {
    const still = poseOf(handsOfPicture(landmarks), place, side);
    return Array.from({ length: frames }, () => still);
  }
  const like = byShoulders(tracks, landmarks);
  return Array.from({ length: frames }, (_, i) => {
    const frame = Math.min(tracks.frames - 1, Math.round(((from + i) * tracks.fps) / FPS));
    return poseOf(handsOfFrame(tracks, frame, like), place, side);
  });
}

const FPS = 24;

/** From pixels of the landmarks' picture to shares of the frame. */
function toFrame({ width, height }: Landmarks, { inside }: FittedPicture, side: number): (place: Place) => Place {
  return ([x, y]) => [
    (inside.left + (x * inside.width) / width) / side,
    (inside.top + (y * inside.height) / height) / side,
  ];
}

function poseOf(hands: Hands, place: (at: Place) => Place, side: number): Pose {
  const drawn = [hands.leftHand, hands.rightHand].map((joints) =>
    Array.from({ length: JOINTS }, (_, i) => {
      const joint = joints?.[i];
      return joint === undefined || joint[2] <= 0 ? HIDDEN : place([joint[0], joint[1]]);
    }),
  );
  const scores = [hands.leftHand, hands.rightHand].map((joints) =>
    Array.from({ length: JOINTS }, (_, i) => joints?.[i]?.[2] ?? 0),
  );
  return {
    draw_pose_params: [side, side, 0, side, 0, side],
    bodies: { candidate: [], subset: [] },
    hands: drawn,
    hands_score: scores,
  };
}

function handsOfPicture({ hands }: Landmarks): Hands {
  const joints = (side: 'left' | 'right'): Hands['leftHand'] => {
    const hand = hands?.[side];
    return hand?.points.map(([x, y]) => [x, y, hand.presence] as const);
  };
  return { leftHand: joints('left'), rightHand: joints('right') };
}

function handsOfFrame(tracks: Tracks, frame: number, like: (place: Place) => Place): Hands {
  const joints = (part: TrackPart): Hands['leftHand'] => {
    const { labels, points, positions, visibility } = tracks;
    if (labels === undefined) return undefined;
    const index = TRACK_PARTS.indexOf(part);
    const found = Array.from(labels.parts, (of, q) => (of === index ? q : -1)).filter((q) => q >= 0);
    if (found.length !== JOINTS) return undefined;
    return found.map((q) => {
      const at = frame * points + q;
      const [x, y] = like([positions[2 * at], positions[2 * at + 1]]);
      return [x, y, visibility[at]] as const;
    });
  };
  return { leftHand: joints('leftHand'), rightHand: joints('rightHand') };
}

/** Brings the clip's first shoulders over the picture's: one scale, one shift. */
function byShoulders(tracks: Tracks, { width, points }: Landmarks): (place: Place) => Place {
  const there = ['leftShoulder', 'rightShoulder'].map((name): Place | undefined => {
    const q = tracks.labels?.names.findIndex(
      (each, i) => each === name && tracks.labels?.parts[i] === TRACK_PARTS.indexOf('body'),
    );
    return q === undefined || q < 0 ? undefined : [tracks.positions[2 * q], tracks.positions[2 * q + 1]];
  });
  const here = [points.leftShoulder, points.rightShoulder];
  if (there[0] === undefined || there[1] === undefined || here[0] === undefined || here[1] === undefined) {
    const scale = width / tracks.width;
    return ([x, y]) => [x * scale, y * scale];
  }
  const [a, b] = there as [Place, Place];
  const scale =
    Math.hypot(here[0].x - here[1].x, here[0].y - here[1].y) / Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
  const [cx, cy] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [dx, dy] = [(here[0].x + here[1].x) / 2, (here[0].y + here[1].y) / 2];
  return ([x, y]) => [dx + (x - cx) * scale, dy + (y - cy) * scale];
}
