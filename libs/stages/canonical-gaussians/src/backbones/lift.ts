import { faceBox } from '@soliloquy/face';
import { laplacianVariance, psnr } from '@soliloquy/image-quality';
import { alphaOf, evenSize, resizeImage, rgbOf } from '@soliloquy/media';
import type { Camera, Gaussians } from '@soliloquy/ports';
import { encodePly, openRasterizer, type DeviceRasterizer } from '@soliloquy/splat';
import { metricsOf, StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { distanceToOutside } from '../distance-transform.ts';
import { CANONICAL_FIGURES } from '../figures.ts';
import { gaussiansFromSeeds, type Seed } from '../gaussian-list.ts';
import { backingLayer, behindLimbs, eyelids, mouthInterior } from '../hidden-layers.ts';
import { liftPicture, type Lifted } from '../lifted.ts';
import { refine, type RefineTarget } from '../refine.ts';
import { saliency } from '../saliency.ts';
import type { canonicalGaussiansStage } from '../stage.ts';
import { stipple } from '../stipple.ts';
import { PERSON_DISTANCE, slopeAt } from '../surface-depth.ts';

/** Share of the Gaussians that lie as a coarse second skin behind the first. */
const BACKING = 0.1;
/** Steps for the lids, over those for the rest. */
const LID_STEPS = 0.25;

/** Saliency samples of the picture become Gaussians with hidden layers behind, and are refined to look like it. */
export const run: RunOf<typeof canonicalGaussiansStage, 'lift'> = async (
  { image, landmarks, background },
  params,
  ctx,
) => {
  const { width, height } = evenSize(image.width, image.height, params.area);
  const picture = await resizeImage(image, width, height);
  const behind = rgbOf(await resizeImage(background, width, height));
  const matte = alphaOf(picture);
  if (!matte.some((value) => value > 0.5))
    throw new StageError({
      code: 'stage.no-person',
      where: 'canonical-gaussians.image',
      expected: 'a person in the matte',
      got: 'one that is empty',
      remedy: 'check the reference',
    });
  const color = rgbOf(picture);
  const inside = distanceToOutside(matte, width, height);
  const lifted = liftPicture(picture, landmarks);
  const layers = layersOf(lifted, params);
  const camera = cameraOf(width, height);
  const gaussians = gaussiansFromSeeds([...layers.surface, ...layers.hidden, ...layers.lids], camera);

  const weights = matte.map((value, i) => 0.05 + (value > 0.02 || inside[i] > 0 ? 1 : 0));
  const target = { color, backgrounds: [behind, behind.map((value) => 1 - value)], matte, weights };
  const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
  try {
    const refinement = await refineLayers(rasterizer, gaussians, { layers, target, steps: params.steps }, ctx);
    const { color: shown } = await rasterizer.render(gaussians, camera, behind);
    // Straight colour over the inpainted background: what a viewer sees of the picture.
    const seen = color.map((value, i) => matte[Math.floor(i / 3)] * value + (1 - matte[Math.floor(i / 3)]) * behind[i]);
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
        { curves: { refinement } },
      ),
    };
  } finally {
    rasterizer.dispose();
  }
};

/** A camera before the person that sees the picture, 2 world units high. */
function cameraOf(width: number, height: number): Camera {
  const focal = (PERSON_DISTANCE * height) / 2;
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
}

/** The Gaussians-to-be, in the order that they are stored in. */
interface Layers {
  /** what the picture shows */
  readonly surface: readonly Seed[];
  /** the backing, what limbs hide and the inside of the mouth */
  readonly hidden: readonly Seed[];
  readonly lids: readonly Seed[];
}

function layersOf(
  lifted: Lifted,
  { count, faceDensity }: { readonly count: number; readonly faceDensity: number },
): Layers {
  const covered = lifted.matte.reduce((sum, value) => sum + value, 0);
  return {
    surface: surfaceOf(lifted, saliency(lifted, { count, faceDensity })),
    hidden: [
      ...backingLayer(lifted, count * BACKING),
      ...behindLimbs(lifted, count / covered),
      ...mouthInterior(lifted),
    ],
    lids: eyelids(lifted),
  };
}

/** @param density f32 [H, W] Gaussians per pixel */
function surfaceOf({ width, height, color, depth, regionAt }: Lifted, density: Float32Array): Seed[] {
  return Array.from(stipple(density, width, height), (i) => {
    const x = (i % width) + 0.5;
    const y = Math.floor(i / width) + 0.5;
    return {
      x,
      y,
      z: depth[i],
      sigma: Math.max(0.42, 0.55 / Math.sqrt(density[i])),
      opacity: 0.9,
      color: [color[i * 3], color[i * 3 + 1], color[i * 3 + 2]],
      region: regionAt(x, y),
      slope: slopeAt(depth, width, height, i),
    };
  });
}

/**
 * First without the lids: the skin behind them would hardly be seen, and drift. Then the lids alone, so that at rest
 * they change nothing.
 *
 * @returns the loss of every `REPORT_EVERY`th step
 */
async function refineLayers(
  rasterizer: DeviceRasterizer,
  gaussians: Gaussians,
  { layers, target, steps }: { readonly layers: Layers; readonly target: RefineTarget; readonly steps: number },
  ctx: StageContext,
): Promise<number[]> {
  const { surface, hidden } = layers;
  const open = surface.length + hidden.length;
  const lidSteps = Math.ceil(steps * LID_STEPS);
  const report =
    (before: number) =>
    (step: number, loss: number): Promise<void> =>
      ctx.step(before + step, steps + lidSteps, `loss ${loss.toFixed(4)}`);
  const first = await refine(rasterizer, firstOf(gaussians, open), target, {
    range: [0, surface.length],
    steps,
    onStep: report(0),
  });
  const lids = await refine(rasterizer, gaussians, target, {
    range: [open, gaussians.count],
    steps: lidSteps,
    onStep: report(steps),
  });
  return [...first, ...lids];
}

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
