import { faceBox, laplacianVariance, psnr } from '@soliloquy/image-quality';
import { evenSize, resizeImage } from '@soliloquy/media';
import type { Camera, Gaussians, Image } from '@soliloquy/ports';
import { encodePly, openRasterizer } from '@soliloquy/splat';
import { metricsOf, StageError, type RunOf } from '@soliloquy/stage';
import { distanceToOutside } from '../distance-transform.ts';
import { CANONICAL_FIGURES } from '../figures.ts';
import { gaussiansFromSeeds, type Seed } from '../gaussian-list.ts';
import { backingLayer, eyelids, mouthInterior, type Lifted } from '../hidden-layers.ts';
import { lipLine } from '../lip-line.ts';
import { pictureFrame } from '../picture-frame.ts';
import { refine } from '../refine.ts';
import { regionsOfPicture } from '../regions-of-picture.ts';
import { saliency } from '../saliency.ts';
import type { canonicalGaussiansStage } from '../stage.ts';
import { stipple } from '../stipple.ts';
import { PERSON_DISTANCE, surfaceDepth } from '../surface-depth.ts';

/** Share of the Gaussians that lie as a coarse second skin behind the first. */
const BACKING = 0.1;
/** Steps for the lids, over those for the rest. */
const LID_STEPS = 0.25;

export const run: RunOf<typeof canonicalGaussiansStage, 'lift'> = async (
  { image, landmarks, background },
  params,
  ctx,
) => {
  const { width, height } = evenSize(image.width, image.height, params.area);
  const picture = await resizeImage(image, width, height);
  const behind = rgb(await resizeImage(background, width, height));
  const matte = Float32Array.from({ length: width * height }, (_, i) => picture.data[i * 4 + 3] / 255);
  if (!matte.some((value) => value > 0.5))
    throw new StageError({
      code: 'stage.no-person',
      where: 'canonical-gaussians.image',
      expected: 'a person in the matte',
      got: 'one that is empty',
      remedy: 'check the reference',
    });
  const color = rgb(picture);
  // Straight colour over the inpainted background: what a viewer sees of the picture.
  const seen = color.map((value, i) => matte[Math.floor(i / 3)] * value + (1 - matte[Math.floor(i / 3)]) * behind[i]);

  const focal = (PERSON_DISTANCE * height) / 2;
  const camera: Camera = {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  const frame = pictureFrame(landmarks, width);
  const regionAt = regionsOfPicture(frame, lipLine(color, width, height, frame));
  const inside = distanceToOutside(matte, width, height);
  const depth = surfaceDepth(inside, width, height, regionAt);
  const lifted: Lifted = { width, height, color, matte, depth, frame, regionAt };

  const density = saliency(color, matte, width, height, frame, params.count, params.faceDensity);
  const surface: Seed[] = Array.from(stipple(density, width, height), (i) => {
    const x = (i % width) + 0.5;
    const y = Math.floor(i / width) + 0.5;
    const sigma = Math.max(0.42, 0.55 / Math.sqrt(density[i]));
    return {
      x,
      y,
      z: depth[i],
      sigma,
      opacity: 0.9,
      color: [color[i * 3], color[i * 3 + 1], color[i * 3 + 2]],
      region: regionAt(x, y),
    };
  });
  const open = [...surface, ...backingLayer(lifted, inside, params.count * BACKING), ...mouthInterior(lifted)];
  const gaussians = gaussiansFromSeeds([...open, ...eyelids(lifted)], camera);

  const weights = matte.map((value, i) => 0.05 + (value > 0.02 || inside[i] > 0 ? 1 : 0));
  const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
  try {
    const target = { color, backgrounds: [behind, behind.map((value) => 1 - value)], matte, weights };
    const lidSteps = Math.ceil(params.steps * LID_STEPS);
    const beat = async (step: number, loss: number): Promise<void> => {
      ctx.progress(step, params.steps + lidSteps, `loss ${loss.toFixed(4)}`);
      await new Promise(setImmediate);
      ctx.signal.throwIfAborted();
    };
    // First without the lids: the skin behind them would hardly be seen, and drift. Then the lids alone, so that at
    // rest they change nothing.
    const losses = await refine(
      rasterizer,
      firstOf(gaussians, open.length),
      [0, surface.length],
      target,
      params.steps,
      beat,
    );
    losses.push(
      ...(await refine(rasterizer, gaussians, [open.length, gaussians.count], target, lidSteps, (step, loss) =>
        beat(params.steps + step, loss),
      )),
    );
    const { color: shown } = await rasterizer.render(gaussians, camera, behind);
    const face = faceBox(landmarks.points, width / landmarks.width);
    return {
      gaussians,
      ply: { name: 'avatar.ply', bytes: encodePly(gaussians) },
      metrics: metricsOf(
        CANONICAL_FIGURES,
        {
          psnr: psnr({ width, height, image: shown, target: seen, mask: matte }),
          sharpness: laplacianVariance(shown, width, height, face) / laplacianVariance(seen, width, height, face),
          gaussians: gaussians.count,
        },
        { curves: { refinement: losses } },
      ),
    };
  } finally {
    rasterizer.dispose();
  }
};

/** The first Gaussians of all, in the same memory. */
function firstOf(
  { means, quats, logScales, opacityLogits, colors, regions, camera }: Gaussians,
  count: number,
): Gaussians {
  return {
    count,
    camera,
    means: means.subarray(0, count * 3),
    quats: quats.subarray(0, count * 4),
    logScales: logScales.subarray(0, count * 3),
    opacityLogits: opacityLogits.subarray(0, count),
    colors: colors.subarray(0, count * 3),
    regions: regions.subarray(0, count),
  };
}

/** @returns f32 [H, W, 3] 0 … 1 */
function rgb({ data, width, height }: Image): Float32Array {
  return Float32Array.from({ length: width * height * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)] / 255);
}
