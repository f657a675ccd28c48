import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gaussians } from '@soliloquy/ports';
import { StageError, type RunOf } from '@soliloquy/stage';
import { carryOver } from '../carry-over.ts';
import { ClipFit } from '../clip-fit.ts';
import { nearestPlaces, weightedOf } from '../nearest-places.ts';
import { meansOfPly, shiftsAcross, shiftsOfFrame } from '../per-frame-ply.ts';
import type { deformationFitStage } from '../stage.ts';

const WHERE = 'deformation-fit.ply-frames';
/** Gaussians of the other program that one of ours goes with. */
const NEIGHBOURS = 4;
/** Half of ours may be so far from the nearest of the other program at rest, world; the picture is 2 high. */
const FARTHEST = 0.05;

/**
 * Has the particles follow Gaussians that another program exported, a PLY a frame.
 *
 * @throws StageError `stage.frame-count` where there is not one for each frame; `stage.elsewhere` where, by place, its
 *   Gaussians are not where the input's are; those of `shiftsOfFrame`
 */
export const run: RunOf<typeof deformationFitStage, 'ply-frames'> = async (input, params, ctx) => {
  const folder = await ctx.model(params.folder);
  const files = await filesIn(folder, params.files);
  const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(join(folder, name)));
  const clip = await ClipFit.open(input, params, ctx);
  try {
    if (files.length !== clip.frames) throw miscounted(clip.frames, files);
    const move =
      params.match === 'index'
        ? (name: string, bytes: Uint8Array) => shiftsOfFrame(input.gaussians, `${WHERE} ${name}`, bytes)
        : await byPlace(input.gaussians, files, params.rest, read);
    return await carryOver(clip, async (frame) => move(files[frame], await read(files[frame])), ctx);
  } finally {
    clip.dispose();
  }
};

/** In the order of their names, in which numbers count as numbers: `2.ply` goes before `10.ply`. */
async function filesIn(folder: string, pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) found.push(path);
  const { compare } = new Intl.Collator('en', { numeric: true });
  return found.sort((a, b) => compare(a, b) || (a < b ? -1 : 1));
}

/** How ours go with those that lie nearest to them in the frame of rest. */
async function byPlace(
  { means, camera }: Gaussians,
  files: readonly string[],
  rest: number,
  read: (name: string) => Promise<Uint8Array>,
): Promise<(name: string, bytes: Uint8Array) => Float32Array> {
  if (rest >= files.length)
    throw refused('frame-count', `rest below ${files.length}, the number of frames`, `${rest}`, 'lower it');
  const first = meansOfPly(`${WHERE} ${files[rest]}`, await read(files[rest]));
  if (first.length < 3 * NEIGHBOURS)
    throw refused('count-mismatch', `at least ${NEIGHBOURS} Gaussians`, String(first.length / 3), 'export it again');
  const near = nearestPlaces(means, first, NEIGHBOURS);
  const median = near.distances.toSorted()[near.distances.length >> 1];
  if (median > FARTHEST)
    throw refused(
      'elsewhere',
      `Gaussians of ${files[rest]} where those of the input are, within ${FARTHEST} for half of them`,
      `${median.toFixed(2)} away`,
      'export them in the world of the avatar, and say as rest in which frame the person stands as in the picture',
    );
  return (name, bytes) => {
    const now = meansOfPly(`${WHERE} ${name}`, bytes);
    if (now.length !== first.length)
      throw new StageError({
        code: 'stage.count-mismatch',
        where: `${WHERE} ${name}`,
        expected: `${first.length / 3} Gaussians, as in ${files[rest]}`,
        got: String(now.length / 3),
        remedy: 'export the same ones in every frame',
      });
    return weightedOf(near, shiftsAcross(camera, first, now));
  };
}

function miscounted(frames: number, files: readonly string[]): StageError {
  const ends = files.length === 0 ? 'none' : `${files.length}, from ${files[0]} to ${files.at(-1)}`;
  return refused('frame-count', `a PLY for each of ${frames} frames`, ends, 'say by files which they are');
}

function refused(code: string, expected: string, got: string, remedy: string): StageError {
  return new StageError({ code: `stage.${code}`, where: WHERE, expected, got, remedy });
}
