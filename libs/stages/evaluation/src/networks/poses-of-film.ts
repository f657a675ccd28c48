import type { Video } from '@soliloquy/ports';
import type { Share, StageContext } from '@soliloquy/stage';
import type { PointPath } from '../evaluation/tracked/person-tracks.ts';
import { openNetwork, weightsText } from './open-network.ts';
import { POSE_PARTS, wholeBodyPose, type WholeBodyPose } from './whole-body-pose.ts';

/** The poses of a film's frames; undefined where nobody is found. */
export interface FilmPoses {
  readonly poses: readonly (WholeBodyPose | undefined)[];
  readonly weights: string;
}

/** From this confidence on a point counts as seen: DWPose draws those above it. */
const SEEN = 0.3;

/** DWPose on every so many frames of a film, once for all measures. */
export function posesOfFilm(
  where: string,
  video: Video,
  { every, ctx, share }: { readonly every: number; readonly ctx: StageContext; readonly share: Share },
): Promise<FilmPoses> {
  return share(`${where} poses every ${every}`, async () => {
    const detector = await openNetwork('dwpose', 'yolox_l.onnx', ctx);
    const pose = await openNetwork('dwpose', 'dw-ll_ucoco_384.onnx', ctx);
    try {
      const poses: (WholeBodyPose | undefined)[] = [];
      const { width, height } = video;
      let frame = 0;
      for await (const data of video.read()) {
        if (frame % every === 0) poses.push(await wholeBodyPose({ detector, pose }, { width, height, data }));
        await ctx.step(++frame, video.frames, `${where}: whole-body poses`);
      }
      return { poses, weights: weightsText(pose) };
    } finally {
      await detector.dispose();
      await pose.dispose();
    }
  });
}

/** Mean confidence of both hands' points in one frame; a person or a hand that is not found counts 0. */
export function handConfidence(pose: WholeBodyPose | undefined): number {
  if (pose === undefined) return 0;
  const [from, to] = POSE_PARTS.hand;
  return pose.confidence.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
}

/** The ways of a part's points. */
export function pathsOfPart({ poses }: FilmPoses, part: keyof typeof POSE_PARTS): PointPath[] {
  const [from, to] = POSE_PARTS[part];
  return Array.from({ length: to - from }, (_, i) => {
    const of = <T>(take: (pose: WholeBodyPose) => T, missing: T): T[] =>
      poses.map((pose) => (pose === undefined ? missing : take(pose)));
    const visibility = Float64Array.from(of(({ confidence }) => confidence[from + i], 0));
    return {
      x: Float64Array.from(of(({ points }) => points[2 * (from + i)], 0)),
      y: Float64Array.from(of(({ points }) => points[2 * (from + i) + 1], 0)),
      visibility,
      seen: Uint8Array.from(visibility, (value) => (value >= SEEN ? 1 : 0)),
    };
  });
}
