import { digestsOf, packAvatar } from '@soliloquy/avatar-file/contents';
import { encodeWebp, evenSize, resizeImage, rgbOf, type Image } from '@soliloquy/media';
import { gaussians as gaussiansPort, image as imagePort, scaleCamera, type Gaussians } from '@soliloquy/ports';
import { openRasterizer } from '@soliloquy/splat';
import { StageError, type RunOf } from '@soliloquy/stage';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { avatarExportStage } from '../stage.ts';

/** Of the picture for a glance, pixels. */
const THUMBNAIL_AREA = 192 * 288;
const THUMBNAIL_QUALITY = 80;

export const run: RunOf<typeof avatarExportStage, 'archive'> = async (
  { gaussians, background, space, model },
  params,
  ctx,
) => {
  requireRigOf(space.files['rig.safetensors'], gaussians.count);
  const { camera } = gaussians;
  const made = { ...(await gaussiansPort.encode(gaussians)), ...(await imagePort.encode(background)) };
  const { width, height } = evenSize(camera.width, camera.height, params.area);
  const { name, licence, consent, fps } = params;
  const avatar = await packAvatar(
    { gaussians, background: await resizeImage(background, width, height), space, motion: model },
    {
      name,
      licence,
      consent,
      fps,
      provenance: { made: 'avatar-export@1', sources: await digestsOf(made) },
      thumbnail: await encodeWebp(await atRest(gaussians, background, ctx.threads), THUMBNAIL_QUALITY),
    },
  );
  return { avatar };
};

/** The person before the background, as they stand. */
async function atRest(gaussians: Gaussians, background: Image, threads: number): Promise<Image> {
  const { width, height } = evenSize(gaussians.camera.width, gaussians.camera.height, THUMBNAIL_AREA);
  const behind = rgbOf(await resizeImage(background, width, height));
  const rasterizer = await openRasterizer({ device: 'cpu', threads });
  try {
    const { color } = await rasterizer.render(gaussians, scaleCamera(gaussians.camera, width, height), behind);
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < color.length; i++) data[Math.floor(i / 3) * 4 + (i % 3)] = color[i] * 255;
    return { width, height, data };
  } finally {
    rasterizer.dispose();
  }
}

/** The particles carry the Gaussians of one person, in their order. */
function requireRigOf(rig: Uint8Array, count: number): void {
  const carried = decodeSafetensors(rig).tensors.indices.shape[0];
  if (carried === count) return;
  throw new StageError({
    code: 'stage.count-mismatch',
    where: 'avatar-export.gaussians',
    expected: `the ${carried} Gaussians that the space was made of`,
    got: String(count),
    remedy: 'connect the same gaussians',
  });
}
