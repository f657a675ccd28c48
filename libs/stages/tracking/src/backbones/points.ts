import { bodyLayers, SIDES, type BodyLayers, type Side } from '@soliloquy/body-layers';
import { applyAffine, createPointTracker, type Affine, type PointTracker } from '@soliloquy/image-kernels';
import {
  canonicalPoints,
  limbGuesses,
  personPlan,
  POINT_PARTS,
  type CanonicalPoints,
  type LimbJoints,
  type PersonPlan,
  type PointPart,
} from '@soliloquy/latent-flow';
import { resizeImage } from '@soliloquy/media';
import {
  TRACK_PARTS,
  type Image,
  type Landmarks,
  type TrackLabels,
  type TrackPart,
  type Video,
} from '@soliloquy/ports';
import { StageError, type RunOf } from '@soliloquy/stage';
import { BODY, HAND_POINTS, Networks, PersonTracker, type BodyPointName, type WholeBody } from '@soliloquy/whole-body';
import type { trackingStage } from '../stage.ts';

/** A joint of a network that is less sure is no guess. */
const KNOWN = 0.5;
/** Below this a point of a limb is where its bone says, and so much is it seen at most. */
const LOST = 0.2;
/** Share of the points that must be found in the mean, or the film shows somebody else. */
const FOUND = 0.3;

/** What is followed, and how. */
interface Following {
  readonly points: CanonicalPoints;
  readonly plan: PersonPlan;
  readonly taken: BodyLayers;
  readonly tracker: PointTracker;
}

/**
 * @throws StageError `stage.landmarks-size` for landmarks or a film of another picture, `stage.not-followed` where the
 *   film does not show what the picture does
 */
export const run: RunOf<typeof trackingStage, 'points'> = async (inputs, { guesses }, ctx) => {
  const { video } = inputs;
  const { width, height, fps, frames } = video;
  const following = await follow(inputs.image!, inputs.landmarks!, { video, background: inputs.background });
  const { points, plan, tracker, taken } = following;
  const labels = labelsOf(points);
  const positions = new Float32Array(frames * points.count * 2);
  const visibility = new Float32Array(frames * points.count);
  const networks = guesses === 'networks' ? new Networks({ threads: ctx.threads }) : undefined;
  try {
    const people = networks && new PersonTracker(networks);
    let frame = 0;
    for await (const data of video.read()) {
      await ctx.step(frame, frames, 'frame');
      const person = (await people?.next({ width, height, data }))?.person;
      const where = person ? limbGuesses(plan, taken.arms, jointsOf(person)) : [];
      const found = tracker.next(data, where);
      plan.order.forEach((q, i) => {
        const at = frame * points.count + q;
        const seen = found.confidence[i] * points.visibility[q] * plan.shown[i];
        const [x, y, sure] = placeOf(following, { found, where, point: i, seen });
        [positions[2 * at], positions[2 * at + 1], visibility[at]] = [x, y, sure];
      });
      frame++;
    }
  } finally {
    await networks?.dispose();
  }
  tell({ points, visibility, frames }, ctx);
  ctx.progress(frames, frames, 'done');
  return { tracks: { frames, fps, points: points.count, width, height, positions, visibility, labels } };
};

async function follow(
  image: Image,
  landmarks: Landmarks,
  { video, background }: { readonly video: Video; readonly background: Image | undefined },
): Promise<Following> {
  const { width, height } = video;
  for (const [what, size] of [
    ['image', image],
    ['landmarks', landmarks],
  ] as const) {
    const ratio = (size.width / size.height) * (height / width);
    if (ratio < 0.98 || ratio > 1.02)
      throw new StageError({
        code: 'stage.landmarks-size',
        where: `tracking.${what}`,
        expected: `the picture that the ${width}x${height} film was made from`,
        got: `${size.width}x${size.height}`,
        remedy: `connect the ${what} of this film`,
      });
  }
  const person = await resizeImage(image, width, height);
  const taken = bodyLayers(person, landmarks);
  const points = canonicalPoints(landmarks, width, height);
  const plan = personPlan(landmarks, taken, points);
  const reference = over(person, background && (await resizeImage(background, width, height)));
  return { points, plan, taken, tracker: createPointTracker({ reference, width, height, ...plan }) };
}

/** The person before what is behind it, as the film has it; without that as the picture itself has it. */
function over({ data }: Image, background: Image | undefined): Uint8ClampedArray {
  if (!background) return data;
  return data.map((value, i) => {
    const alpha = data[(i & ~3) + 3] / 255;
    return i % 4 === 3 ? 255 : alpha * value + (1 - alpha) * background.data[i];
  });
}

function jointsOf({ body, hands }: WholeBody): Partial<Record<Side, LimbJoints>> {
  const joint = (name: BodyPointName) => {
    const point = body?.points[BODY[name]];
    return point && point.confidence >= KNOWN ? point : undefined;
  };
  return Object.fromEntries(
    SIDES.map((side): [Side, LimbJoints] => {
      const hand = hands[side];
      return [
        side,
        {
          shoulder: joint(`${side}Shoulder`),
          elbow: joint(`${side}Elbow`),
          wrist: hand?.points[HAND_POINTS.indexOf('wrist')] ?? joint(`${side}Wrist`),
          palm: hand?.points[HAND_POINTS.indexOf('middleMcp')],
        },
      ];
    }),
  );
}

/** Where a point is, and how sure: a limb's that the template lost, by its bone. */
function placeOf(
  { plan }: Following,
  {
    found,
    where,
    point,
    seen,
  }: {
    readonly found: ReturnType<PointTracker['next']>;
    readonly where: readonly (Affine | undefined)[];
    readonly point: number;
    readonly seen: number;
  },
): [number, number, number] {
  const here = [found.positions[2 * point], found.positions[2 * point + 1]] as const;
  if (seen >= LOST) return [...here, seen];
  let first = 0;
  for (const { piece, points } of plan.groups) {
    const own = point - first;
    first += points.length / 2;
    if (point >= first) continue;
    const bone = where[piece];
    return bone && plan.shown[point] > 0
      ? [...applyAffine(bone, points[2 * own], points[2 * own + 1]), Math.max(seen, LOST / 2)]
      : [...here, seen];
  }
  return [...here, seen];
}

const TRACK_PART_OF: Readonly<Record<PointPart, TrackPart>> = {
  torso: 'body',
  leftArm: 'body',
  rightArm: 'body',
  leftHand: 'leftHand',
  rightHand: 'rightHand',
  head: 'face',
  upperLip: 'face',
  lowerLip: 'face',
  jaw: 'face',
};

/** `torso0` … `jaw4` */
function labelsOf({ parts }: CanonicalPoints): TrackLabels {
  const first = POINT_PARTS.map((_, p) => parts.indexOf(p));
  return {
    names: Array.from(parts, (part, q) => `${POINT_PARTS[part]}${q - first[part]}`),
    parts: Uint8Array.from(parts, (part) => TRACK_PARTS.indexOf(TRACK_PART_OF[POINT_PARTS[part]])),
  };
}

/** Says which parts were lost now and then, and refuses a film of which nothing was found. */
function tell(
  { points, visibility, frames }: { points: CanonicalPoints; visibility: Float32Array; frames: number },
  ctx: { log(line: string): void },
): void {
  const meanOf = (of: (q: number) => boolean): number => {
    let [sum, count] = [0, 0];
    for (let at = 0; at < frames * points.count; at++)
      if (of(at % points.count)) [sum, count] = [sum + visibility[at], count + 1];
    return count > 0 ? sum / count : 1;
  };
  const all = meanOf((q) => points.visibility[q] > 0);
  if (all < FOUND)
    throw new StageError({
      code: 'stage.not-followed',
      where: 'tracking.video',
      expected: 'a film of the person in the picture, as it shows them',
      got: `${(100 * all).toFixed(0)}% of the points found`,
      remedy: 'connect the picture that the film was made from, and what is behind the person',
    });
  POINT_PARTS.forEach((part, p) => {
    const seen = meanOf((q) => points.parts[q] === p && points.visibility[q] > 0);
    if (seen < 0.9) ctx.log(`tracking.video: ${part}: ${(100 * seen).toFixed(0)}% found`);
  });
}
