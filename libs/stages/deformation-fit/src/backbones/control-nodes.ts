import { completeMotion, createParticleRig } from '@soliloquy/gaussian-cloud';
import { psnr } from '@soliloquy/image-quality';
import { evenSize } from '@soliloquy/media';
import { openRasterizer } from '@soliloquy/splat';
import { StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import type { Video } from '@soliloquy/ports';
import { FrameFitter, type TargetFrame } from '../fit-frame.ts';
import type { SavedMatrix } from '../normal-equations.ts';
import type { deformationFitStage } from '../stage.ts';
import { cutView, faceView, wholeView, type View } from '../views.ts';

/** pixels of the whole view that the matte is grown by: what the person uncovers at its edge counts too */
export const GROWN = 3;
/** Every so many frames are measured. */
export const MEASURED = 4;

export const run: RunOf<typeof deformationFitStage, 'control-nodes'> = async ({ gaussians, background, video }, params, ctx) => {
  if (!video.matte) throw new StageError('no-matte', 'deformation-fit.video: expected a clip with its matte, got one without; use a backbone that gives it');
  const { width, height } = evenSize(gaussians.camera.width, gaussians.camera.height, params.area);
  const whole = wholeView(gaussians.camera, width, height);
  const face = faceView(gaussians, video, params.faceArea, whole);
  const views = face ? [whole, face] : [whole];
  const targets = await readTargets(video, views, ctx);
  const frames = targets.length;

  const rig = createParticleRig(gaussians, params.particles);
  const P = rig.particles;
  const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
  try {
    const fitter = new FrameFitter(gaussians, rig, rasterizer, views, views.map((view) => cutView(view, background.data, background.width, background.height, 4, 3)));
    const translations = new Float32Array(frames * P * 3);
    const at = (frame: number): Float32Array => translations.subarray(frame * P * 3, (frame + 1) * P * 3);
    const passes = frames * 2;
    const beat = async (done: number, note: string): Promise<void> => {
      ctx.progress(done, passes, note);
      await new Promise(setImmediate);
      ctx.signal.throwIfAborted();
    };
    const curvatures: SavedMatrix[] = [];
    for (let frame = 0; frame < frames; frame++) {
      if (frame > 0) at(frame).set(at(frame - 1));
      const anchor = at(frame).slice();
      for (let step = 0; step < params.steps; step++) curvatures[frame] = await fitter.step(at(frame), targets[frame], anchor, { rigidity: params.rigidity, anchor: 0.02 }, curvatures[frame]);
      await beat(frame + 1, 'following');
    }
    const anchor = new Float32Array(P * 3);
    const values = { psnr: 0, ssim: 0, undeformed: 0 };
    const rest = (await fitter.render(new Float32Array(P * 3))).color.slice();
    for (let frame = 0; frame < frames; frame++) {
      const before = at(Math.max(0, frame - 1));
      const after = at(Math.min(frames - 1, frame + 1));
      for (let i = 0; i < anchor.length; i++) anchor[i] = (before[i] + after[i]) / 2;
      await fitter.step(at(frame), targets[frame], anchor, { rigidity: params.rigidity, anchor: 0.02 + params.smoothness }, curvatures[frame]);
      if (frame % MEASURED === 0) {
        const { color, mask } = targets[frame][0];
        const { color: shown } = await fitter.render(at(frame));
        const share = 1 / Math.ceil(frames / MEASURED);
        values.psnr += share * psnr({ width, height, image: shown, target: color, mask });
        values.undeformed += share * psnr({ width, height, image: rest, target: color, mask });
        values.ssim += share * (await rasterizer.imageLoss({ width, height, image: shown, target: color, weights: mask, ssimWeight: 0.5 })).ssim;
      }
      await beat(frames + frame + 1, 'smoothing');
    }
    const rotations = new Float32Array(frames * P * 4);
    const logScaleOffsets = new Float32Array(frames * P * 3);
    for (let frame = 0; frame < frames; frame++) {
      completeMotion(rig.positions, fitter.springs, at(frame), rotations.subarray(frame * P * 4, (frame + 1) * P * 4), logScaleOffsets.subarray(frame * P * 3, (frame + 1) * P * 3));
    }
    return {
      deformation: { kind: 'particles' as const, frames, fps: video.fps, count: gaussians.count, ...rig, translations, rotations, logScaleOffsets },
      metrics: {
        values: { psnr: values.psnr, ssim: values.ssim, 'psnr-undeformed': values.undeformed, gain: values.psnr - values.undeformed },
        about: {
          psnr: { unit: 'dB', better: 'higher' as const, text: `inside the matte grown by ${GROWN} px, at ${width}x${height}, mean over every ${MEASURED}th frame` },
          ssim: { better: 'higher' as const, text: 'on the same pixels' },
          'psnr-undeformed': { unit: 'dB', text: 'the canonical Gaussians at rest on the same pixels' },
          gain: { unit: 'dB', better: 'higher' as const, text: 'psnr over psnr-undeformed' },
        },
      },
    };
  } finally {
    rasterizer.dispose();
  }
};

/** Every frame of the clip in every view, with the matte grown. */
export async function readTargets(video: Video, views: readonly View[], ctx: StageContext): Promise<TargetFrame[][]> {
  const targets: TargetFrame[][] = [];
  for await (const data of video.read()) {
    targets.push(views.map((view) => ({ color: cutView(view, data, video.width, video.height, 4, 3), mask: new Float32Array(view.camera.width * view.camera.height) })));
    ctx.signal.throwIfAborted();
  }
  let frame = 0;
  for await (const data of video.matte!.read()) {
    for (const [index, view] of views.entries()) {
      const { width, height } = view.camera;
      grow(cutView(view, data, video.width, video.height, 1, 1), width, height, Math.round((GROWN * view.camera.fx) / views[0].camera.fx), targets[frame][index].mask);
    }
    frame++;
    ctx.signal.throwIfAborted();
  }
  return targets;
}

/** 1 where the coverage is above a tenth within `by` pixels, along rows and then columns. */
function grow(coverage: Float32Array, width: number, height: number, by: number, into: Float32Array): void {
  const rows = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (coverage[y * width + x] <= 0.1) continue;
      rows.fill(1, y * width + Math.max(0, x - by), y * width + Math.min(width - 1, x + by) + 1);
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (rows[y * width + x] === 0) continue;
      for (let k = Math.max(0, y - by); k <= Math.min(height - 1, y + by); k++) into[k * width + x] = 1;
    }
  }
}
