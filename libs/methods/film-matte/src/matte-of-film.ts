import type { Video, VideoMatte } from '@soliloquy/media';
import type { StageContext } from '@soliloquy/stage';
import { frameMask, MASK_SIDE, Networks, PersonTracker } from '@soliloquy/whole-body';
import { softMatte } from './soft-matte.ts';

/**
 * The matte of the main person of a film, by the networks: everybody is masked, the one who is followed stays. The
 * frames are looked at once, in order; what is kept of each is a mask of 256 x 256, and edges are drawn when the matte
 * is read. In frames without the person it is empty.
 *
 * @throws ImportError where a network's package is missing, altered or of another version
 */
export async function matteOfFilm(
  video: Omit<Video, 'matte'>,
  ctx: Pick<StageContext, 'step' | 'threads'>,
): Promise<VideoMatte> {
  const { width, height, frames } = video;
  const masks: Uint8Array[] = [];
  const networks = new Networks({ threads: ctx.threads });
  try {
    const tracker = new PersonTracker(networks, { hands: false });
    for await (const data of video.read()) {
      await ctx.step(masks.length, frames, 'matte');
      const { person } = await tracker.next({ width, height, data });
      masks.push(
        person?.body === undefined
          ? new Uint8Array(MASK_SIDE * MASK_SIDE)
          : Uint8Array.from(await frameMask(networks, { width, height, data }, person.body), (value) =>
              Math.round(255 * value),
            ),
      );
    }
  } finally {
    await networks.dispose();
  }
  return {
    async *read(from = 0, to = frames) {
      let frame = from;
      for await (const data of video.read(from, to)) {
        const mask = Float32Array.from(masks[frame++], (value) => value / 255);
        yield softMatte({ width, height, data }, { width: MASK_SIDE, height: MASK_SIDE, data: mask });
      }
    },
  };
}
