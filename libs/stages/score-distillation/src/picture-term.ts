import { pullBackMotion, type MotionLayout } from '@soliloquy/gaussian-codec';
import { resizeImage, rgbOf } from '@soliloquy/media';
import type { LearnedClip, NoiseSchedule } from '@soliloquy/motion-transformer';
import { scaleCamera, type Camera, type Image, type Video } from '@soliloquy/ports';
import type { DeviceRasterizer } from '@soliloquy/splat';
import { StageError } from '@soliloquy/stage';
import type { Rng } from '@soliloquy/tensor';
import type { DrawnMotion } from './drawn-motion.ts';
import { drawPlaces, noisedRows, type Place, type RowSize } from './judged-rows.ts';
import { addTo, type Term } from './term.ts';

/** Frames of films that are kept to be drawn again, over all clips; pixels of their width. */
const KEPT = 96;
const WIDTH = 128;
/** Frames that are drawn in a step, and the share of SSIM in their loss. */
const DRAWN = 2;
const SSIM = 0.2;

/** What the loss on pictures is made of. */
export interface PictureScene {
  readonly clips: readonly LearnedClip[];
  /** of each clip, frame -> f32 [H, W, 3] */
  readonly pictures: readonly ReadonlyMap<number, Float32Array>[];
  readonly camera: Camera;
  readonly background: Float32Array;
  readonly drawn: DrawnMotion;
  readonly rasterizer: DeviceRasterizer;
  readonly layout: MotionLayout;
  readonly size: RowSize;
  readonly schedule: NoiseSchedule;
}

/**
 * Frames of the clips' films, evenly over each.
 *
 * @throws StageError `stage.clip-mismatch` for films of other clips
 */
export async function keptPictures(
  videos: readonly Video[],
  clips: readonly LearnedClip[],
  scene: { readonly camera: Camera; readonly background: Image },
): Promise<Pick<PictureScene, 'pictures' | 'camera' | 'background'>> {
  const wrong = videos.findIndex(({ frames }, i) => frames !== clips[i]?.frames);
  if (videos.length !== clips.length || wrong >= 0)
    throw new StageError({
      code: 'stage.clip-mismatch',
      where: 'score-distillation.videos',
      expected: `the films of the ${clips.length} clips, as long as their deformations`,
      got: wrong >= 0 ? `${videos[wrong].frames} frames in film ${wrong}` : `${videos.length}`,
      remedy: 'gather films and deformations over the same clips',
    });
  const { camera: whole } = scene;
  const height = Math.max(16, Math.round((WIDTH * whole.height) / whole.width));
  const size = { width: WIDTH, height };
  const pictures: Map<number, Float32Array>[] = [];
  for (const video of videos) {
    const each = Math.max(1, Math.floor((video.frames * videos.length) / KEPT));
    const kept = new Map<number, Float32Array>();
    let frame = 0;
    for await (const data of video.read()) {
      if (frame % each === 0) {
        const small = await resizeImage({ width: video.width, height: video.height, data }, WIDTH, height);
        kept.set(frame, rgbOf(small));
      }
      frame++;
    }
    pictures.push(kept);
  }
  const background = rgbOf(await resizeImage(scene.background, WIDTH, height));
  return { pictures, camera: scaleCamera(whole, size.width, size.height), background };
}

/** (1 − 0.2) L1 + 0.2 (1 − SSIM) of two frames of a clip, cleaned and drawn again, against its film. */
export function pictureTerm(scene: PictureScene, params: { readonly render: number }, root: Rng): Term {
  const { clips, size, drawn, camera, background, layout, rasterizer } = scene;
  const voices = clips.map(({ frames, condition }) => ({ frames, condition }));
  const clean = clips.map(({ latents }) => latents[0]);
  const rngOf = (step: number): Rng => root.fork(`picture ${step}`);
  const placesOf = (step: number): Place[] => drawPlaces(voices, 1, size.frames, rngOf(step).fork('places'));
  const P = drawn.particles * 3;
  return {
    draw: async (step) => noisedRows({ voices, clean, places: placesOf(step) }, { ...scene, rng: rngOf(step) }),
    async judge(step, [row]): Promise<Record<string, number>> {
      const [{ voice, from }] = placesOf(step);
      const kept = [...scene.pictures[voice].keys()].filter((f) => f >= from && f < from + size.frames);
      const gradient = new Float32Array(row.translations.length);
      const picks = rngOf(step).fork('frames').uniform([DRAWN]).data;
      let [value, count] = [0, 0];
      for (const pick of kept.length === 0 ? [] : picks) {
        const frame = kept[Math.floor(pick * kept.length)];
        const at = (frame - from) * P;
        const image = await drawn.draw(row.translations.subarray(at, at + P), { camera, background });
        const target = scene.pictures[voice].get(frame)!;
        const loss = await rasterizer.imageLoss({
          width: camera.width,
          height: camera.height,
          image,
          target,
          ssimWeight: SSIM,
        });
        await drawn.pullBack(loss.gradient, gradient.subarray(at, at + P));
        value += loss.value;
        count++;
      }
      if (count === 0) return {};
      addTo(row.gradient, pullBackMotion(layout, gradient), params.render / count);
      return { render: value / count };
    },
  };
}
