import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { matteOfFilm } from '@soliloquy/film-matte';
import { findResult, runInCheckout } from '@soliloquy/launcher';
import { encodePng, encodeWav, openMp4, videoFromFrames, type Audio, type Image, type Video } from '@soliloquy/media';
import type { Landmarks, Tracks } from '@soliloquy/ports';
import { StageError, type FoundCheckout, type StageContext } from '@soliloquy/stage';
import { filmSize, fitPicture, takeOut, type FittedPicture } from './fitted-picture.ts';
import { joinPieces, planPieces, type Piece } from './pieces.ts';
import type { SystemTask, VideoSystem } from './video-system.ts';
import { voicePiece } from './voice-piece.ts';

/** What the stage gives every backbone, and its own params. */
interface Given {
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
  readonly audio: Audio;
  readonly prompt?: string | undefined;
  readonly tracks?: Tracks | undefined;
}
interface Asked {
  readonly fps: number;
  readonly frames: number;
  readonly area: number;
}

/** What the person does where no prompt says it. */
const PROMPT =
  'A person talks to the camera, with natural gestures of the hands. The camera and the background stay still.';
/** How far the rate of a film may be from what its system is known to make. */
const RATE_TOLERANCE = 0.01;
/** Frames by which a film may be short: what a muxer rounds. Its last frame stands in. */
const SHORT = 1;

/**
 * A film of somebody else's video system: its script is given the picture at the size that it works on and the voice,
 * its films are freed of their lead-in, joined where several make up one, and brought to the stage's size; the voice is
 * the port's, the matte is found by the networks.
 *
 * The film is as long as asked, in seconds, at the system's own rate.
 *
 * @param matte finds the matte of a film; another in tests
 * @throws StageError `task.command-…` of a script that fails, `stage.short-film`, `stage.film-rate` for a film that is
 *   not what the system is known to make
 */
export async function runVideoSystem<P>(
  system: VideoSystem<P>,
  given: Given,
  params: Asked & P,
  ctx: StageContext,
  matte: typeof matteOfFilm = matteOfFilm,
): Promise<{ video: Video }> {
  const checkout = await ctx.checkout(system.system.name);
  tellCommit(system, checkout, ctx);
  const film = await new SystemRun(system, given, params, ctx, checkout).film();
  return { video: { ...film, matte: await matte(film, ctx) } };
}

/** Says it where a checkout stands at another commit than the one that its declaration was made of. */
export function tellCommit(
  { system }: Pick<VideoSystem, 'system'>,
  { commit }: FoundCheckout,
  ctx: StageContext,
): void {
  if (commit !== undefined && commit !== system.commit)
    ctx.log(`${system.name} stands at ${commit.slice(0, 10)}; ${system.commit.slice(0, 10)} was read for this`);
}

/** One task of a system. */
class SystemRun<P> {
  readonly #system: VideoSystem<P>;
  readonly #given: Given;
  readonly #params: Asked & P;
  readonly #ctx: StageContext;
  readonly #checkout: FoundCheckout;

  constructor(system: VideoSystem<P>, given: Given, params: Asked & P, ctx: StageContext, checkout: FoundCheckout) {
    [this.#system, this.#given, this.#params, this.#ctx, this.#checkout] = [system, given, params, ctx, checkout];
  }

  async film(): Promise<Video> {
    const { image, background, audio } = this.#given;
    const fitted = await fitPicture(image, background, this.#system.size(image, this.#params));
    const asked =
      this.#params.frames > 0 ? this.#params.frames / this.#params.fps : audio.samples.length / audio.sampleRate;
    const fps = this.#system.fps ?? this.#params.fps;
    const frames = Math.max(1, Math.round(asked * fps));
    const planned = planPieces(frames, this.#lead, this.#system.pieces);
    const films: Video[] = [];
    let begin = fitted;
    for (const [index, piece] of planned.entries()) {
      const made = await this.#piece({ piece, fps, fitted: begin, index, of: planned.length });
      films.push(made);
      const next = planned[index + 1];
      if (next !== undefined && this.#system.pieces?.begins === 'frame')
        begin = { ...fitted, image: await frameAsPicture(made, next.from - piece.from, fitted) };
    }
    return this.#joined(films, planned, { fitted, frames });
  }

  /** Whole frames that are cut off each film. */
  get #lead(): number {
    return Math.max(0, Math.ceil(this.#system.lead));
  }

  /** Has the script make one film, and takes its lead-in off. */
  async #piece({ piece, fps, fitted, index, of }: PieceAsked): Promise<Video> {
    const { lead, lengths = (count) => count } = this.#system;
    const scratch = await this.#ctx.scratch();
    const id = `${basename(scratch)}-${index}`;
    const frames = lengths(this.#lead + piece.frames);
    // What the script puts before the voice is no whole number of frames, or less than none: silence fills it up.
    const silence = (this.#lead - lead) / fps;
    const seconds = silence + (frames - this.#lead) / fps;
    const [picture, voice] = [join(scratch, `${id}.png`), join(scratch, `${id}.wav`)];
    await writeFile(picture, await encodePng(fitted.image));
    await writeFile(voice, encodeWav(voicePiece(this.#given.audio, piece.from / fps, silence, seconds)));
    const task: SystemTask<P> = {
      folder: scratch,
      id,
      checkout: this.#checkout,
      picture,
      voice,
      prompt: oneLine(this.#given.prompt ?? '') || PROMPT,
      size: fitted.image,
      frames,
      seconds,
      seed: this.#ctx.seed % 2 ** 31,
      params: this.#params,
      landmarks: this.#given.landmarks,
      fitted,
      tracks: this.#given.tracks,
      from: piece.from,
    };
    const bytes = await this.#run(task, { index, of });
    const film = await openMp4(bytes, `the film of ${this.#system.system.name}`);
    this.#proveRate(film);
    // Where only the film says its rate it is as long in seconds.
    const wanted = this.#system.fps === undefined ? Math.round((piece.frames / fps) * film.fps) : piece.frames;
    return this.#trimmed(film, Math.max(1, wanted));
  }

  async #run(task: SystemTask<P>, part: { readonly index: number; readonly of: number }): Promise<Uint8Array> {
    const { name } = this.#system.system;
    const where = `video-diffusion.${name}`;
    const { command, environment, before, result, leaves = [] } = await this.#system.command(task);
    const run = { where, checkout: this.#checkout, environment, task: task.folder, part };
    try {
      if (before !== undefined) await runInCheckout({ ...run, command: before }, this.#ctx);
      await runInCheckout({ ...run, command }, this.#ctx);
      const { path, isElsewhere } = await findResult({ where, ...result });
      if (isElsewhere) this.#ctx.log(`${name} left its film under another name than documented: ${path}`);
      return new Uint8Array(await readFile(path));
    } finally {
      for (const pattern of leaves)
        for await (const left of glob(pattern, { cwd: this.#checkout.folder }))
          await rm(join(this.#checkout.folder, left), { recursive: true, force: true });
    }
  }

  /** @throws StageError `stage.film-rate` */
  #proveRate({ fps }: Video): void {
    const known = this.#system.fps;
    if (known === undefined || Math.abs(fps / known - 1) <= RATE_TOLERANCE) return;
    throw new StageError({
      code: 'stage.film-rate',
      where: `video-diffusion.${this.#system.system.name}`,
      expected: `a film of ${known} frames a second`,
      got: `${fps}`,
      remedy: 'set the checkout back to the settings of its documentation: sound and lips would not fit',
    });
  }

  /** @throws StageError `stage.short-film` */
  #trimmed(film: Video, wanted: number): Video {
    const have = film.frames - this.#lead;
    if (have < wanted - SHORT || have < 1)
      throw new StageError({
        code: 'stage.short-film',
        where: `video-diffusion.${this.#system.system.name}`,
        expected: `a film of ${wanted + this.#lead} frames`,
        got: `${film.frames}`,
        remedy: 'run it by hand with the same length; what it writes says where it stopped',
      });
    const lead = this.#lead;
    return videoFromFrames({ ...withoutSound(film), frames: wanted }, async function* (from, to) {
      let last: Uint8ClampedArray | undefined;
      const end = Math.min(to, have);
      for await (const data of film.read(lead + Math.min(from, have - 1), lead + Math.max(end, 1))) {
        if (to > have) last = data.slice();
        if (from < have) yield data;
      }
      for (let frame = Math.max(from, have); frame < to; frame++) yield last as Uint8ClampedArray;
    });
  }

  async #joined(films: readonly Video[], planned: readonly Piece[], whole: Whole): Promise<Video> {
    const { fitted } = whole;
    const { width, height } = filmSize(this.#given.image, this.#params.area);
    const [fps, frames] =
      this.#system.fps === undefined ? [films[0].fps, films[0].frames] : [this.#system.fps, whole.frames];
    const read = await joinPieces(films, planned);
    const inner = { width: films[0].width, height: films[0].height };
    const { audio } = this.#given;
    return videoFromFrames({ width, height, fps, frames, audio }, async function* (from, to) {
      for await (const data of read(from, to)) yield await takeOut({ ...inner, data }, fitted, { width, height });
    });
  }
}

interface PieceAsked {
  readonly piece: Piece;
  readonly fps: number;
  readonly fitted: FittedPicture;
  readonly index: number;
  readonly of: number;
}

interface Whole {
  readonly fitted: FittedPicture;
  readonly frames: number;
}

/** A frame of a film as the picture that the next film begins with. */
async function frameAsPicture(film: Video, frame: number, { image }: FittedPicture): Promise<Image> {
  const { width, height } = image;
  for await (const data of film.read(frame, frame + 1)) {
    const whole = { image: { ...image }, inside: { left: 0, top: 0, width, height } };
    const solid = { width: film.width, height: film.height, data };
    return { width, height, data: await takeOut(solid, whole, { width, height }) };
  }
  return image;
}

function withoutSound({ width, height, fps, frames }: Video): Pick<Video, 'width' | 'height' | 'fps' | 'frames'> {
  return { width, height, fps, frames };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
