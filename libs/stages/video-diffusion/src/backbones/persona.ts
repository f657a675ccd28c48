import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { matteOfFilm } from '@soliloquy/film-matte';
import { findResult, runInCheckout } from '@soliloquy/launcher';
import {
  decodeImage,
  evenSize,
  resizeImage,
  videoFromFrames,
  type Audio,
  type Image,
  type Video,
} from '@soliloquy/media';
import { StageError, type FoundCheckout, type RunOf, type StageContext } from '@soliloquy/stage';
import type { videoDiffusionStage } from '../stage.ts';
import { FRAMES_PROGRAM, persona, type PersonaParams } from '../systems/persona.ts';
import { tellCommit } from '../systems/run-system.ts';

const WHERE = 'video-diffusion.persona';

interface Asked extends PersonaParams {
  readonly fps: number;
  readonly frames: number;
  readonly area: number;
}

export const run: RunOf<typeof videoDiffusionStage, 'persona'> = ({ audio }, params, ctx) =>
  animate(audio, params, ctx);

/**
 * A film of an avatar of PERSONA: `animate.py` (its README says `animation.py`) renders one frame for each tracked
 * pose, right of the picture that the avatar was made of, which is cut off. It is as long as asked, in seconds, at the
 * rate that the poses were tracked at; the script itself writes 30 frames a second whatever that was.
 *
 * @param matte finds the matte of a film; another in tests
 * @throws StageError `stage.missing-input` for an avatar or poses that the checkout has not, `stage.short-film` where
 *   they are too few, as `launch` and `findResult`
 */
export async function animate(
  audio: Audio,
  params: Asked,
  ctx: StageContext,
  matte: typeof matteOfFilm = matteOfFilm,
): Promise<{ video: Video }> {
  const checkout = await ctx.checkout(persona.name);
  tellCommit({ system: persona }, checkout, ctx);
  const seconds = params.frames > 0 ? params.frames / params.fps : audio.samples.length / audio.sampleRate;
  const frames = Math.max(1, Math.round(seconds * params.motionFps));
  const scratch = await ctx.scratch();
  const motion = join(scratch, basename(scratch));
  const size = await takeMotion(checkout, params, { frames, into: motion });
  const picture = join(checkout.folder, 'avatar/data/subjects', params.subject, 'captured/images/0.png');
  const captured = await pictureAt(picture, `the picture of the subject "${params.subject}"`);
  // As the script reckons the width of the picture that it puts on the left.
  const beside = Math.trunc((captured.width / captured.height) * size.height);
  const pictures = await renderFrames({ checkout, motion, beside, scratch }, params, ctx);
  if (pictures.length < frames) throw tooShort(frames, pictures.length);
  const film = await filmOf(pictures.slice(0, frames), params, audio);
  return { video: { ...film, matte: await matte(film, ctx) } };
}

/** Runs the script and brings back what it rendered, PNG of each frame. */
async function renderFrames(
  task: { checkout: FoundCheckout; motion: string; beside: number; scratch: string },
  { subject, epoch, scene }: Asked,
  ctx: StageContext,
): Promise<Uint8Array[]> {
  const { motion, beside, scratch } = task;
  // Its scripts name each other, and all that they read, from where they are.
  const checkout = { ...task.checkout, folder: join(task.checkout.folder, 'avatar/main') };
  const name = `${subject}_${basename(motion)}.mp4`;
  const given = ['--subject_id', subject, '--test_epoch', String(epoch), '--motion_path', motion];
  const run = { where: WHERE, checkout, task: scratch };
  const folder = join(scratch, 'frames');
  await mkdir(folder);
  try {
    const command = ['python', 'animate.py', ...given, ...(scene ? ['--use_bkg'] : [])] as const;
    await runInCheckout({ ...run, command }, ctx);
    const place = { where: WHERE, folder: checkout.folder, patterns: [name], elsewhere: [`*${basename(motion)}*`] };
    const { path } = await findResult(place);
    await runInCheckout({ ...run, command: ['python', '-c', FRAMES_PROGRAM, path, folder, String(beside)] }, ctx);
  } finally {
    await rm(join(checkout.folder, name), { force: true });
  }
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (each) => new Uint8Array(await readFile(join(folder, each)))));
}

/**
 * The first poses of a tracked film, in a folder of the task's own: the script makes a frame of each that it finds, and
 * names its film after the folder.
 *
 * @returns a picture of the tracked film, whose sides are those of the frames
 */
async function takeMotion(
  checkout: FoundCheckout,
  { motion, scene }: Asked,
  { frames, into }: { readonly frames: number; readonly into: string },
): Promise<Image> {
  const from = join(checkout.folder, 'pose_track/data/subjects', motion);
  const found = await readdir(join(from, 'smplx/params')).catch(() => []);
  const numbers = found.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name)] : []));
  if (numbers.length === 0) throw missing(`tracked poses "${motion}"`, `none in ${join(from, 'smplx/params')}`);
  if (numbers.length < frames) throw tooShort(frames, numbers.length);
  const taken = numbers.sort((a, b) => a - b).slice(0, frames);
  const wanted = taken.flatMap((number) => [
    `smplx/params/${number}.json`,
    `cam_params/${number}.json`,
    ...(scene ? [`images_bkg/${number}.png`] : []),
  ]);
  wanted.push(`images/${taken[0]}.png`);
  for (const folder of ['smplx/params', 'cam_params', 'images', 'images_bkg'])
    await mkdir(join(into, folder), { recursive: true });
  for (const path of wanted)
    await copyFile(join(from, path), join(into, path)).catch((thrown: unknown) => {
      throw missing(`${path} of the tracked poses "${motion}"`, `none (${String(thrown)})`);
    });
  return pictureAt(join(into, `images/${taken[0]}.png`), `a picture of the tracked poses "${motion}"`);
}

async function pictureAt(path: string, what: string): Promise<Image> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) throw missing(what, `no ${path}`);
  return decodeImage(new Uint8Array(bytes), { name: path });
}

/** @param pictures PNG of each frame, kept */
async function filmOf(pictures: readonly Uint8Array[], { motionFps, area }: Asked, audio: Audio): Promise<Video> {
  const first = await decodeImage(pictures[0], { name: 'a frame of persona' });
  const { width, height } = evenSize(first.width, first.height, area);
  const about = { width, height, fps: motionFps, frames: pictures.length, audio };
  return videoFromFrames(about, async function* (from, to) {
    for (const bytes of pictures.slice(from, to)) {
      const frame = await decodeImage(bytes, { name: 'a frame of persona' });
      yield (await resizeImage(frame, width, height)).data;
    }
  });
}

function missing(expected: string, got: string): StageError {
  const remedy = 'make it in the checkout by its README, and give its name as subject or motion';
  return new StageError({ code: 'stage.missing-input', where: WHERE, expected, got, remedy });
}

function tooShort(expected: number, got: number): StageError {
  return new StageError({
    code: 'stage.short-film',
    where: WHERE,
    expected: `${expected} tracked poses, one a frame`,
    got: String(got),
    remedy: 'ask for fewer frames, or track a longer film',
  });
}
