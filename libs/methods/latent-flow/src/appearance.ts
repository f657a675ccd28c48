import { Fault } from '@soliloquy/fault';
import type { CanonicalPoints } from './canonical-points.ts';
import { colorTaker, faceReadouts, numberOf, placesNow, type AppearanceScene, type Film } from './face-readouts.ts';

/** Reads the appearance of frames. */
export interface AppearanceReader {
  /** pixels of the films */
  readonly width: number;
  readonly height: number;
  /**
   * @param rgba   u8 [height, width, 4] a frame
   * @param tracks f32 [Q, 2] where the canonical points are in it, film pixels
   * @returns      f32 [4] in the order of `APPEARANCE`: 0 as in the picture, about 1 for a shut lid, a cavity, teeth
   * @throws Fault `latent-flow.argument` for a frame of another size, or points that are nowhere
   */
  read(rgba: Uint8ClampedArray, tracks: Float32Array): Float32Array;
}

/** @throws Fault `latent-flow.argument` where no point of the head is in the picture */
export async function appearanceReader(scene: AppearanceScene): Promise<AppearanceReader> {
  const { points, width, height } = scene;
  const { readouts } = await faceReadouts(scene);
  const { members } = readouts[2].carrier;
  return {
    width,
    height,
    read(rgba, tracks) {
      checkFrame(rgba, tracks, { film: scene, points, members });
      const take = colorTaker(rgba, scene);
      return Float32Array.from(readouts, (readout) => {
        const now = placesNow(readout, tracks);
        return numberOf(readout, (i, color) => take({ x: now[2 * i], y: now[2 * i + 1] }, color, 0));
      });
    },
  };
}

function checkFrame(
  rgba: Uint8ClampedArray,
  tracks: Float32Array,
  {
    film: { width, height },
    points,
    members,
  }: { readonly film: Film; readonly points: CanonicalPoints; readonly members: readonly number[] },
): void {
  if (rgba.length !== 4 * width * height)
    throw argument('frame', `u8 [${height}, ${width}, 4]`, `${rgba.length} bytes`);
  if (tracks.length !== 2 * points.count)
    throw argument('tracks', `f32 [${points.count}, 2]`, `${tracks.length} numbers`);
  for (const q of members)
    if (!Number.isFinite(tracks[2 * q]) || !Number.isFinite(tracks[2 * q + 1]))
      throw argument(
        'tracks',
        'places of the points of the head',
        `(${tracks[2 * q]}, ${tracks[2 * q + 1]}) of point ${q}`,
      );
}

function argument(what: string, expected: string, got: string): Fault {
  return new Fault({
    code: 'latent-flow.argument',
    where: `latent-flow.read-appearance.${what}`,
    expected,
    got,
    audience: 'author',
  });
}
