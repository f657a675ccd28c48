import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decodeAudio, openFootage, type Image, type Video } from '@soliloquy/media';
import { StageError, type StageContext } from '@soliloquy/stage';
import { cutFilm, type CutFilm, type CutParams } from './cut-film.ts';

/** A film of a folder, with the file that has its sound where that is another. */
export interface FilmFile {
  readonly film: string;
  readonly sound?: string;
}

/**
 * The clips of several films, in their order. A film that no clip comes of is told and left out.
 *
 * @throws StageError `stage.no-clip` where none gives a clip
 */
export async function readFilms(
  files: readonly FilmFile[],
  params: CutParams & { readonly fps: number },
  ctx: StageContext,
): Promise<Omit<CutFilm, 'reference'> & { image: Image }> {
  const made: Omit<CutFilm, 'reference'> = { video: [], audio: [], metrics: [] };
  let image: Image | undefined;
  for (const { film: path, sound } of files) {
    const left = params.clips - made.video.length;
    if (left <= 0) break;
    const film = await openFilm(path, sound, params.fps);
    const cut = await cutFilm(film, basename(path), { ...params, clips: left }, ctx).catch((thrown: unknown) => {
      if (!(thrown instanceof StageError)) throw thrown;
      ctx.log(thrown.message);
      return undefined;
    });
    if (cut === undefined) continue;
    image ??= cut.reference;
    for (const key of ['video', 'audio', 'metrics'] as const) made[key].push(...(cut[key] as never[]));
  }
  if (image !== undefined) return { ...made, image };
  throw new StageError({
    code: 'stage.no-clip',
    where: 'footage.folder',
    expected: 'films of which clips can be made',
    got: `none in ${files.length} files`,
    remedy: 'what was wrong with each is in the log',
  });
}

async function openFilm(path: string, sound: string | undefined, fps: number): Promise<Video> {
  const name = basename(path);
  const film = await openFootage(new Uint8Array(await readFile(path)), { name, ...(fps > 0 && { fps }) });
  if (sound === undefined) return film;
  return { ...film, audio: await decodeAudio(new Uint8Array(await readFile(sound)), { name: basename(sound) }) };
}
