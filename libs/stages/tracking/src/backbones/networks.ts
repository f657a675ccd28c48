import type { Tracks } from '@soliloquy/ports';
import { StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { eyeSpan, Networks, PersonTracker, smoothPoints, type TrackedFrame } from '@soliloquy/whole-body';
import { labelsOf, partsTracked, putFrame } from '../points.ts';
import type { trackingStage } from '../stage.ts';

/** Distance of the eyes over the longer side of a film where no face was seen: a half body's. */
const USUAL_EYES = 0.08;

/**
 * @throws StageError `stage.nobody` when no frame shows a person; ImportError where a network's package is missing,
 *   altered or of another version
 */
export const run: RunOf<typeof trackingStage, 'networks'> = async ({ video }, params, ctx) => {
  const { width, height, fps, frames } = video;
  const parts = partsTracked(params.hands);
  const labels = labelsOf(parts);
  const points = labels.names.length;
  const positions = new Float32Array(frames * points * 2);
  const visibility = new Float32Array(frames * points);
  const networks = new Networks({ threads: ctx.threads });
  const findings = new Findings(ctx);
  const eyes: number[] = [];
  try {
    const tracker = new PersonTracker(networks, { hands: params.hands });
    let frame = 0;
    for await (const data of video.read()) {
      await ctx.step(frame, frames, 'frame');
      const tracked = await tracker.next({ width, height, data });
      putFrame({ positions, visibility, points }, frame, { person: tracked.person, parts });
      findings.add(frame, tracked);
      if (tracked.person?.face) eyes.push(eyeSpan(tracked.person.face));
      frame++;
    }
  } finally {
    await networks.dispose();
  }
  findings.tell(frames);
  ctx.progress(frames, frames, 'done');
  const tracks: Tracks = { frames, fps, points, width, height, positions, visibility, labels };
  const unit = median(eyes) ?? USUAL_EYES * Math.max(width, height);
  const { smoothing, cutoff, slope } = params;
  return {
    tracks: smoothing === 'none' ? tracks : { ...tracks, positions: smoothPoints(tracks, { cutoff, slope, unit }) },
  };
};

/** What is worth telling of a film: where nobody is, somebody else, or several. */
class Findings {
  private readonly ctx: StageContext;
  private seen = 0;
  private most = 0;
  private away: { readonly from: number; readonly isOther: boolean } | undefined;

  constructor(ctx: StageContext) {
    this.ctx = ctx;
  }

  add(frame: number, { person, people, event }: TrackedFrame): void {
    this.most = Math.max(this.most, people ?? 0);
    const isOther = event === 'other-person' || this.away?.isOther === true;
    if (person) {
      this.seen++;
      this.close(frame);
    } else this.away = { from: this.away?.from ?? frame, isOther };
  }

  /** @throws StageError `stage.nobody` */
  tell(frames: number): void {
    if (this.seen === 0)
      throw new StageError({
        code: 'stage.nobody',
        where: 'tracking.video',
        expected: 'a film that shows a person',
        got: `nobody in ${frames} frames`,
        remedy: 'give a film in which the person is seen',
      });
    this.close(frames);
    if (this.most > 1) this.ctx.log(`tracking.video: ${this.most} people are seen; the largest is followed`);
  }

  private close(frame: number): void {
    if (this.away === undefined) return;
    const { from, isOther } = this.away;
    const who = isOther ? 'somebody else, who is not followed' : 'the person is not seen';
    this.ctx.log(`tracking.video: frames ${from} to ${frame - 1}: ${who}`);
    this.away = undefined;
  }
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
