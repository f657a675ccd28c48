import { openFootage } from '@soliloquy/media';
import { StageError, type RunOf } from '@soliloquy/stage';
import { cutFilm } from '../cut-film.ts';
import type { footageStage } from '../stage.ts';

/** @throws StageError of `cutFilm`; MediaError where it is no film that can be decoded */
export const run: RunOf<typeof footageStage, 'film'> = async ({ file }, params, ctx) => {
  if (file === undefined)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'footage.file',
      expected: 'a film',
      got: 'nothing',
      remedy: 'connect a file',
    });
  const film = await openFootage(file.bytes, { name: file.name, ...(params.fps > 0 && { fps: params.fps }) });
  const { video, audio, metrics, reference } = await cutFilm(film, file.name, params, ctx);
  return { video, audio, metrics, image: reference };
};
