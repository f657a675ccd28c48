import { faceBox } from '@soliloquy/face';
import { laplacianVariance, psnr } from '@soliloquy/image-quality';
import { alphaOf, evenSize, resizeImage, rgbOf } from '@soliloquy/media';
import type { Camera, Gaussians, Image, Landmarks } from '@soliloquy/ports';
import { encodePly, openRasterizer } from '@soliloquy/splat';
import { metricsOf, type StageContext } from '@soliloquy/stage';
import { cameraOf } from './camera-of.ts';
import { CANONICAL_FIGURES } from './figures.ts';
import { liftPicture, type Lifted } from './lifted.ts';
import { outlineBand } from './outline-band.ts';
import { findPlacement, pixelOf, placed, type Splats } from './place-splats.ts';

/** Above this a placement shows somebody else, or nobody. */
const UNLIKE = 0.35;

/** What the stage gets of the person. */
interface Person {
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
}

/**
 * Gaussians of another program become canonical ones: turned, scaled and moved so that they show the picture, each with
 * the region of the person that the picture has where it is seen.
 */
export async function showSplats(
  splats: Splats,
  { image, landmarks, background }: Person,
  { area }: { readonly area: number },
  ctx: StageContext,
) {
  const { width, height } = evenSize(image.width, image.height, area);
  const picture = await resizeImage(image, width, height);
  const [color, matte] = [rgbOf(picture), alphaOf(picture)];
  const behind = rgbOf(await resizeImage(background, width, height));
  await ctx.step(0, 2, 'placing');
  const placement = findPlacement(splats, { width, height, color, matte });
  if (placement.error > UNLIKE)
    ctx.log(`canonical-gaussians: the file shows the picture badly (${placement.error.toFixed(2)} of 1 off)`);
  const camera = cameraOf(width, height);
  const there = placed(splats, placement);
  const gaussians: Gaussians = {
    ...only(there),
    count: there.opacityLogits.length,
    regions: regionsOf(there, camera, liftPicture(picture, landmarks)),
    camera,
  };
  await ctx.step(1, 2, 'looking');
  const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
  try {
    const { color: shown } = await rasterizer.render(gaussians, camera, behind);
    const seen = color.map((value, i) => matte[Math.floor(i / 3)] * value + (1 - matte[Math.floor(i / 3)]) * behind[i]);
    const compared = { width, height, image: shown, target: seen };
    const band = outlineBand(matte, width, height);
    const face = faceBox(landmarks.points, width / landmarks.width);
    return {
      gaussians,
      ply: { name: 'avatar.ply', bytes: encodePly(gaussians) },
      metrics: metricsOf(CANONICAL_FIGURES, {
        psnr: psnr({ ...compared, mask: matte }),
        'outline-psnr': band.includes(1) ? psnr({ ...compared, mask: band }) : undefined,
        sharpness: laplacianVariance(shown, width, height, face) / laplacianVariance(seen, width, height, face),
        gaussians: gaussians.count,
      }),
    };
  } finally {
    rasterizer.dispose();
  }
}

function only({ means, quats, logScales, opacityLogits, colors }: Splats): Splats {
  return { means, quats, logScales, opacityLogits, colors };
}

/** By Gaussian the region that the picture shows where it is; beside the person that of the nearest part. */
function regionsOf({ means }: Splats, camera: Camera, lifted: Lifted): Uint8Array {
  const { width, height } = lifted;
  const nearest = nearestCovered(lifted);
  return Uint8Array.from({ length: means.length / 3 }, (_, n) => {
    const [x, y] = pixelOf(camera, [means[3 * n], means[3 * n + 1], means[3 * n + 2]]);
    const column = Math.min(width - 1, Math.max(0, Math.floor(x)));
    const row = Math.min(height - 1, Math.max(0, Math.floor(y)));
    const at = nearest[row * width + column];
    return lifted.regionAt((at % width) + 0.5, Math.floor(at / width) + 0.5);
  });
}

/** i32 [H, W]: the covered pixel that is nearest, by steps to neighbours. */
function nearestCovered({ width, height, matte }: Lifted): Int32Array {
  const nearest = new Int32Array(width * height).fill(-1);
  const queue: number[] = [];
  for (let i = 0; i < nearest.length; i++)
    if (matte[i] > 0.5) {
      nearest[i] = i;
      queue.push(i);
    }
  // It grows while it is walked.
  for (const i of queue)
    for (const [step, inside] of [
      [-1, i % width > 0],
      [1, i % width < width - 1],
      [-width, i >= width],
      [width, i < width * (height - 1)],
    ] as const)
      if (inside && nearest[i + step] < 0) {
        nearest[i + step] = nearest[i];
        queue.push(i + step);
      }
  return nearest;
}
