import { faceBox } from '@soliloquy/face';
import { laplacianVariance, psnr } from '@soliloquy/image-quality';
import { alphaOf, evenSize, resizeImage, rgbOf } from '@soliloquy/media';
import { encodePly, openRasterizer } from '@soliloquy/splat';
import { metricsOf, StageError, type RunOf } from '@soliloquy/stage';
import { cameraOf } from '../camera-of.ts';
import { distanceToOutside } from '../distance-transform.ts';
import { eyelids, withEyesBack } from '../eyelids.ts';
import { CANONICAL_FIGURES } from '../figures.ts';
import { gaussiansFromSeeds, type Seed } from '../gaussian-list.ts';
import { backingLayer, behindLimbs, mouthInterior } from '../hidden-layers.ts';
import { liftPicture, type Lifted } from '../lifted.ts';
import { outlineBand } from '../outline-band.ts';
import { refine } from '../refine.ts';
import { saliency } from '../saliency.ts';
import type { canonicalGaussiansStage } from '../stage.ts';
import { stipple } from '../stipple.ts';
import { slopeAt } from '../surface-depth.ts';

/** Share of the Gaussians that lie as a coarse second skin behind the first. */
const BACKING = 0.1;
/** Film pixels over which layers of the person overlap in the Gaussians. */
const BESIDE = 6;

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
  const gaussians = gaussiansFromSeeds([...layers.surface, ...layers.hidden], camera);

  const weights = matte.map((value, i) => 0.05 + (value > 0.02 || inside[i] > 0 ? 1 : 0));
  const target = { color, backgrounds: [behind, behind.map((value) => 1 - value)], matte, weights };
  const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
  try {
    const refinement = await refine(rasterizer, gaussians, target, {
      range: [0, layers.surface.length],
      held: besideLayers(lifted, layers.surface, inside),
      steps: params.steps,
      onStep: (step, loss) => ctx.step(step, params.steps, `loss ${loss.toFixed(4)}`),
    });
    const { color: shown } = await rasterizer.render(gaussians, camera, behind);
    // Straight colour over the inpainted background: what a viewer sees of the picture.
    const seen = color.map((value, i) => matte[Math.floor(i / 3)] * value + (1 - matte[Math.floor(i / 3)]) * behind[i]);
    const band = outlineBand(matte, width, height);
    const compared = { width, height, image: shown, target: seen };
    const face = faceBox(landmarks.points, width / landmarks.width);
    return {
      gaussians,
      ply: { name: 'avatar.ply', bytes: encodePly(gaussians) },
      metrics: metricsOf(
        CANONICAL_FIGURES,
        {
          psnr: psnr({ ...compared, mask: matte }),
          'outline-psnr': band.includes(1) ? psnr({ ...compared, mask: band }) : undefined,
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

/** The Gaussians-to-be, in the order that they are stored in. */
interface Layers {
  /** what the picture shows */
  readonly surface: readonly Seed[];
  /** the backing, what limbs hide, the inside of the mouth, and the lids */
  readonly hidden: readonly Seed[];
}

function layersOf(
  lifted: Lifted,
  { count, faceDensity }: { readonly count: number; readonly faceDensity: number },
): Layers {
  const covered = lifted.matte.reduce((sum, value) => sum + value, 0);
  const setBack = withEyesBack(lifted);
  return {
    surface: surfaceOf(setBack, saliency(lifted, { count, faceDensity })),
    hidden: [
      ...backingLayer(lifted, setBack, count * BACKING),
      ...behindLimbs(lifted, count / covered),
      ...mouthInterior(lifted),
      ...eyelids(lifted),
    ],
  };
}

/**
 * u8 [surface] 1 for what lies beside another layer of the person.
 *
 * @param outline f32 [H, W] pixels to the outline of the whole person
 */
function besideLayers({ width, person }: Lifted, surface: readonly Seed[], outline: Float32Array): Uint8Array {
  return Uint8Array.from(surface, ({ x, y }) => {
    const i = Math.floor(y) * width + Math.floor(x);
    return person.inside[i] < BESIDE && outline[i] > person.inside[i] + 1 ? 1 : 0;
  });
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
